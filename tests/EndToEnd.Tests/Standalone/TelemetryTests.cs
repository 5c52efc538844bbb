using System.Diagnostics;
using System.Net.Http.Json;
using AiGateway.EndToEnd.Tests.Processes;
using AiGateway.Upstream;

namespace AiGateway.EndToEnd.Tests.Standalone;

/// <summary>What the program sends to a collector, over real OTLP.</summary>
public sealed class TelemetryTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Traces_and_metrics_go_where_the_variables_or_the_settings_say(bool byVariable)
    {
        await using var collector = (await ScriptedUpstream.StartAsync()).Always(Script.Empty(200));
        var address = collector.WithPath("");
        await using var gateway = await GatewayProcess.StartAsync(
            byVariable ? new { } : new { Telemetry = new { OtlpEndpoint = address + "/v1/traces" } },
            new Dictionary<string, string?>
            {
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = byVariable ? address : null,
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
                ["OTEL_BSP_SCHEDULE_DELAY"] = "50",
                ["OTEL_METRIC_EXPORT_INTERVAL"] = "200",
                ["OTEL_METRICS_EXPORTER"] = byVariable ? null : "none",
                ["OTEL_SERVICE_NAME"] = "gateway-of-the-test",
            });
        using var client = new HttpClient { BaseAddress = gateway.Address };
        client.DefaultRequestHeaders.Add("traceparent", $"00-{ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-01");

        using var answer = await client.PostAsJsonAsync("/v1/chat/completions", new { model = "demo", messages = new[] { new { role = "user", content = "secret words" } } });
        answer.EnsureSuccessStatusCode();

        await collector.WaitUntilAsync(c => c.Requests.Any(r => r.Is("/v1/traces") && r.Text.Contains("chat demo", StringComparison.Ordinal)));
        if (byVariable)
            await collector.WaitUntilAsync(c => c.Requests.Any(r => r.Is("/v1/metrics") && r.Text.Contains("gen_ai.client.token.usage", StringComparison.Ordinal)));
        Assert.Contains(collector.Requests, r => r.Text.Contains("gateway-of-the-test", StringComparison.Ordinal));
        Assert.DoesNotContain(collector.Requests, r => r.Text.Contains("secret words", StringComparison.Ordinal));
    }
}
