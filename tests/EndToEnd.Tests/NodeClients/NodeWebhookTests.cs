using AiGateway.EndToEnd.Tests.Processes;
using AiGateway.Upstream;
using Xunit.Abstractions;

namespace AiGateway.EndToEnd.Tests.NodeClients;

public sealed class NodeWebhookTests(ITestOutputHelper log)
{
    private const string Hook = "/hook";
    private const string Delivered = "/delivered/";

    [NodeFact]
    public async Task Passes()
    {
        await using var receiver = await ScriptedUpstream.StartAsync();
        receiver.When(request => request.Is(Hook), Script.Empty(204));
        receiver.When(request => request.RawPath.StartsWith(Delivered, StringComparison.Ordinal), Script.By(asked => Of(receiver, asked.RawPath[Delivered.Length..])));
        await using var gateway = await GatewayProcess.StartAsync(new
        {
            Webhooks = new[] { new { Name = "receiver", Url = receiver.WithPath(Hook), Secret = "${HOOK_SECRET}" } },
        }, new Dictionary<string, string?>(StringComparer.Ordinal) { ["HOOK_SECRET"] = "whsec_d2ViaG9vay1zZWNyZXQtb2YtdGhlLXRlc3Rz" });

        await NodeRun.PassesAsync(log, "webhooks", gateway.BaseUrl, receiver.Address);
    }

    private static Script Of(ScriptedUpstream receiver, string id) =>
        receiver.Requests.FirstOrDefault(request => request.Is(Hook) && request.Text.Contains(id, StringComparison.Ordinal)) is { } found
            ? Script.Json(new { body = found.Text, headers = found.Headers.ToDictionary(h => h.Key, h => h.Value[0], StringComparer.Ordinal) })
            : Script.Empty(404);
}
