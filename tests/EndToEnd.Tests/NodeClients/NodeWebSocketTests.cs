using AiGateway.EndToEnd.Tests.Scripted;
using Xunit.Abstractions;

namespace AiGateway.EndToEnd.Tests.NodeClients;

/// <summary>OpenAI's own client of the Responses API over a WebSocket.</summary>
public sealed class NodeWebSocketTests(ScriptedGateway gateway, ITestOutputHelper log) : IClassFixture<ScriptedGateway>
{
    [NodeFact]
    public async Task Passes() => await NodeRun.PassesAsync(log, "websocket", gateway.Process.BaseUrl, gateway.Upstream.Address);
}
