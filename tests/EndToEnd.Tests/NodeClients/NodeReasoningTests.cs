using AiGateway.EndToEnd.Tests.Scripted;
using Xunit.Abstractions;

namespace AiGateway.EndToEnd.Tests.NodeClients;

public sealed class NodeReasoningTests(OpenAiNamesGateway gateway, ITestOutputHelper log) : IClassFixture<OpenAiNamesGateway>
{
    [NodeFact]
    public async Task Passes() => await NodeRun.PassesAsync(log, "reasoning", gateway.Process.BaseUrl, gateway.Upstream.Address);
}
