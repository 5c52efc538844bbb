using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Configuration;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.Webhooks;

/// <summary>What a receiver of webhooks does: it takes them, by a real Kestrel, and checks who sent them.</summary>
internal static class Receiver
{
    public const string Secret = "whsec_d2ViaG9vay1zZWNyZXQtb2YtdGhlLXRlc3Rz";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Starts one that takes everything.</summary>
    public static async Task<ScriptedUpstream> StartAsync() => (await ScriptedUpstream.StartAsync()).Always(Script.Empty(204));

    /// <summary>The settings that make it an endpoint.</summary>
    public static WebhookOptions Webhook(this ScriptedUpstream receiver, string name) => At(receiver.WithPath($"/{name}?token=query-secret"), name);

    public static WebhookOptions At(string url, string name) => new() { Name = name, Url = url, Secret = Secret };

    /// <summary>The next delivery, which must be signed as it should.</summary>
    public static async Task<ReceivedRequest> NextDeliveryAsync(this ScriptedUpstream receiver)
    {
        var request = await receiver.NextRequestAsync(Patience);
        Verify(request);
        return request;
    }

    public static async Task WaitForAsync(this ScriptedUpstream receiver, int deliveries) =>
        await receiver.WaitUntilAsync(r => r.Requests.Count >= deliveries, Patience);

    /// <summary>Waits until something is logged.</summary>
    public static async Task WaitForAsync(this LogCapture log, string text)
    {
        using var late = new CancellationTokenSource(Patience);
        while (!log.All.Contains(text, StringComparison.Ordinal))
        {
            Assert.False(late.IsCancellationRequested, $"'{text}' was never logged:\n{log.All}");
            await Task.Delay(10);
        }
    }

    public static string EventId(this ReceivedRequest request) => request.Header("webhook-id")!;

    public static JsonObject Event(this ReceivedRequest request) => request.Json.AsObject();

    /// <summary>As Standard Webhooks says it, independently of the sender.</summary>
    public static void Verify(ReceivedRequest request)
    {
        Assert.Equal("POST", request.Method);
        Assert.Equal("application/json", request.Header("content-type"));
        Assert.StartsWith("AiGateway/", request.Header("user-agent"), StringComparison.Ordinal);
        Assert.Equal((string?)request.Event()["id"], request.EventId());
        var timestamp = long.Parse(request.Header("webhook-timestamp")!, CultureInfo.InvariantCulture);
        Assert.InRange(request.ReceivedAt.ToUnixTimeSeconds() - timestamp, -2, 60);
        var key = Convert.FromBase64String(Secret["whsec_".Length..]);
        var signed = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{request.EventId()}.{timestamp}.{request.Text}"));
        Assert.Equal($"v1,{Convert.ToBase64String(signed)}", request.Header("webhook-signature"));
    }
}
