using AiGateway.EndToEnd.Tests.Processes;

namespace AiGateway.EndToEnd.Tests.Node;

public sealed class NodeDemoTests(DemoGateway gateway) : IClassFixture<DemoGateway>
{
    [NodeFact]
    public async Task Passes() => await NodeRun.PassesAsync("demo", gateway.Process.BaseUrl, upstream: null);
}
