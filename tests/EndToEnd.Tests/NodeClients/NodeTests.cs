using AiGateway.EndToEnd.Tests.Scripted;
using Xunit.Abstractions;

namespace AiGateway.EndToEnd.Tests.NodeClients;

/// <summary>The clients that applications on Node use; each file of <c>node/</c> is run by Node's own test runner.</summary>
public sealed class NodeTests(ScriptedGateway gateway, ITestOutputHelper log) : IClassFixture<ScriptedGateway>
{
    [NodeTheory]
    [InlineData("chat")]
    [InlineData("responses")]
    [InlineData("errors")]
    [InlineData("others")]
    [InlineData("background")]
    [InlineData("chains")]
    [InlineData("conversations")]
    [InlineData("stored")]
    [InlineData("ai")]
    [InlineData("agents")]
    public async Task Passes(string file) => await NodeRun.PassesAsync(log, file, gateway.Process.BaseUrl, gateway.Upstream.Address);
}
