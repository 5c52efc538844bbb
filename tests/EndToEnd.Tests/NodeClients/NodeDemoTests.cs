using AiGateway.EndToEnd.Tests.Processes;
using Xunit.Abstractions;

namespace AiGateway.EndToEnd.Tests.NodeClients;

public sealed class NodeDemoTests(DemoGateway gateway, ITestOutputHelper log) : IClassFixture<DemoGateway>
{
    [NodeFact]
    public async Task Passes() => await NodeRun.PassesAsync(log, "demo", gateway.Process.BaseUrl, upstream: null);
}
