using System.Net;
using System.Net.Http.Headers;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Configuration;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.Telemetry;

/// <summary>What <c>GET /metrics</c> says of calls, and to whom.</summary>
public sealed class MetricsTests
{
    private const string Chat = """{"model":"m","temperature":0,"messages":[{"role":"user","content":"Hi"}]}""";

    [Fact]
    public async Task Calls_are_counted_by_what_they_were()
    {
        await using var scene = await Scene.StartAsync(new TelemetryOptions { Metrics = true });
        var (upstream, gateway) = (scene.Upstream, scene.Gateway);
        upstream.Enqueue(AiGateway.Upstream.Chat.Text("One two."), Errors.RateLimited(1), Errors.ServerError(503));
        await gateway.PostJsonAsync("/v1/chat/completions", Chat);
        await gateway.PostJsonAsync("/v1/chat/completions", Chat); // from the cache
        await gateway.PostJsonAsync("/v1/embeddings", """{"model":"m","input":"x"}""", HttpStatusCode.TooManyRequests);
        await gateway.PostJsonAsync("/v1/images/generations", """{"model":"m","prompt":"x"}""", HttpStatusCode.ServiceUnavailable);
        await gateway.PostJsonAsync("/v1/chat/completions", """{"messages":[]}""", HttpStatusCode.BadRequest);

        var lines = await ScrapeAsync(gateway, "aigateway_requests_total{api=\"chat\",model=\"\"");

        Assert.Contains("""aigateway_requests_total{api="chat",model="m",provider="up",status="200",outcome="completed"} 1""", lines);
        Assert.Contains("""aigateway_requests_total{api="chat",model="m",provider="",status="200",outcome="completed"} 1""", lines);
        Assert.Contains("""aigateway_requests_total{api="embeddings",model="m",provider="up",status="429",outcome="failed"} 1""", lines);
        Assert.Contains("""aigateway_requests_total{api="chat",model="",provider="",status="400",outcome="failed"} 1""", lines);
        Assert.Contains("""aigateway_errors_total{api="embeddings",model="m",provider="up",code="rate_limit_exceeded"} 1""", lines);
        Assert.Contains("""aigateway_cache_hits_total{api="chat"} 1""", lines);
        Assert.Contains("""aigateway_cache_misses_total{api="chat"} 1""", lines);
        Assert.Contains("""aigateway_provider_requests_total{provider="up",status="200"} 1""", lines);
        Assert.Contains("""aigateway_provider_requests_total{provider="up",status="503"} 1""", lines);
        Assert.Contains("""aigateway_provider_up{provider="up"} 1""", lines);
        Assert.Contains("""aigateway_provider_in_flight{provider="up"} 0""", lines);
        Assert.Contains("aigateway_active_requests 0", lines);
        Assert.Contains("# TYPE aigateway_request_duration_seconds histogram", lines);
        Assert.Contains("""aigateway_request_duration_seconds_count{api="chat",model="m",provider="up"} 1""", lines);
        Assert.Contains("""aigateway_request_duration_seconds_bucket{api="chat",model="m",provider="up",le="+Inf"} 1""", lines);
        Assert.Contains(lines, line => line.StartsWith("gen_ai_client_token_usage_sum{gen_ai_operation_name=\"chat\",gen_ai_provider_name=\"up\",gen_ai_request_model=\"m\"", StringComparison.Ordinal));

        // The second call cost nothing.
        var tokens = lines.Single(line => line.StartsWith("""aigateway_tokens_total{api="chat",model="m",provider="up",type="output"}""", StringComparison.Ordinal));
        Assert.Equal((await gateway.PostJsonAsync("/v1/chat/completions", Chat))["usage"]!["completion_tokens"]!.ToString(), tokens.Split(' ')[^1]);
        Assert.DoesNotContain(lines, line => line.StartsWith("aigateway_limit_exceeded", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_model_s_name_is_no_way_out_of_its_label()
    {
        await using var scene = await Scene.StartAsync(new TelemetryOptions { Metrics = true });
        await scene.Gateway.PostJsonAsync("/v1/embeddings", """{"model":"a\"} 1\nforged 2 \\","input":"x"}""");

        var lines = await ScrapeAsync(scene.Gateway, "aigateway_requests_total");

        Assert.DoesNotContain(lines, line => line.StartsWith("forged", StringComparison.Ordinal));
        Assert.Contains("""aigateway_requests_total{api="embeddings",model="a\"} 1\nforged 2 \\",provider="up",status="200",outcome="completed"} 1""", lines);
    }

    [Fact]
    public async Task Made_up_names_of_many_models_do_not_fill_the_memory()
    {
        await using var scene = await Scene.StartAsync(new TelemetryOptions { Metrics = true });
        await Parallel.ForAsync(0, 2100, async (i, _) => await scene.Gateway.PostJsonAsync("/v1/embeddings", $$"""{"model":"m{{i}}","input":"x"}"""));

        var lines = await ScrapeAsync(scene.Gateway, "aigateway_requests_total{overflow");

        Assert.InRange(lines.Count(line => line.StartsWith("aigateway_requests_total{api", StringComparison.Ordinal)), 1, 2010);
    }

    [Fact]
    public async Task It_is_off_unless_switched_on()
    {
        await using var scene = await Scene.StartAsync(new TelemetryOptions());
        using var answer = await scene.Gateway.Client.GetAsync("/metrics");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData("/metrics")]
    [InlineData("/health/providers")]
    public async Task Who_comes_through_a_proxy_needs_a_key(string path)
    {
        await using var open = await Scene.StartAsync(new TelemetryOptions { Metrics = true });
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(open.Gateway, null, null));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(open.Gateway, null, "203.0.113.7"));
        using var posted = await open.Gateway.PostAsync(path, "{}");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, posted.StatusCode);

        await using var locked = await Scene.StartAsync(new TelemetryOptions { Metrics = true, Key = "operator-secret" });
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(locked.Gateway, null, null));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(locked.Gateway, "operator-secre", null));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(locked.Gateway, "operator-secret", "203.0.113.7"));

        async Task<HttpStatusCode> StatusAsync(TestGateway gateway, string? key, string? via)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (key is not null)
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
            if (via is not null)
                request.Headers.Add("X-Forwarded-For", via);
            using var answer = await gateway.Client.SendAsync(request);
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task The_state_of_providers_can_be_seen()
    {
        await using var scene = await Scene.StartAsync(new TelemetryOptions());
        var providers = await scene.Gateway.Client.GetStringAsync("/health/providers");
        Assert.Equal("""{"providers":[{"name":"up","up":true,"breaker":"closed","check":"passing","elsewhere":"passing","in_flight":0}]}""", providers);
    }

    [Fact]
    public async Task Every_call_is_a_line_where_that_is_wanted_and_nobody_writes_lines_of_its_own()
    {
        await using var scene = await Scene.StartAsync(new TelemetryOptions { AccessLog = true });
        await scene.Gateway.PostJsonAsync("/v1/embeddings", """{"model":"a\r\nInformation: forged\u001b[31m\u2028x","input":"secret words"}""");
        await WaitForAsync(() => scene.Gateway.Log.Lines.Any(l => l.Text.Contains("CallLog", StringComparison.Ordinal)));

        var line = scene.Gateway.Log.Lines.Single(l => l.Text.Contains("CallLog", StringComparison.Ordinal)).Text;
        Assert.Contains("embeddings 200 completed: model a??Information: forged?[31m?x at up (1 attempts)", line, StringComparison.Ordinal);
        Assert.Contains("req_", line, StringComparison.Ordinal);
        Assert.DoesNotContain("secret words", scene.Gateway.Log.All, StringComparison.Ordinal);

        await using var quiet = await Scene.StartAsync(new TelemetryOptions());
        await quiet.Gateway.PostJsonAsync("/v1/embeddings", """{"model":"m","input":"x"}""");
        await quiet.Upstream.WaitForIdleAsync();
        Assert.DoesNotContain(quiet.Gateway.Log.Lines, l => l.Text.Contains("CallLog", StringComparison.Ordinal));
    }

    // The client has its answer a moment before the call has ended.
    private static async Task<IReadOnlyList<string>> ScrapeAsync(TestGateway gateway, string until)
    {
        IReadOnlyList<string> lines = [];
        await WaitForAsync(async () =>
        {
            using var answer = await gateway.Client.GetAsync("/metrics");
            Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
            lines = (await answer.Content.ReadAsStringAsync()).Split('\n');
            return lines.Any(line => line.StartsWith(until, StringComparison.Ordinal));
        });
        return lines;
    }

    private static Task WaitForAsync(Func<bool> fact) => WaitForAsync(() => Task.FromResult(fact()));

    private static async Task WaitForAsync(Func<Task<bool>> fact)
    {
        using var late = new CancellationTokenSource(Waits.Deadline);
        while (!await fact())
            await Task.Delay(5, late.Token);
    }

    private sealed record Scene(ScriptedUpstream Upstream, TestGateway Gateway) : IAsyncDisposable
    {
        public static async Task<Scene> StartAsync(TelemetryOptions telemetry)
        {
            var upstream = await ScriptedUpstream.StartAsync();
            return new Scene(upstream, await TestGateway.StartAsync(
                upstream, options: o => o with { Telemetry = telemetry, Cache = new CacheOptions { Apis = ["chat"] } }));
        }

        public async ValueTask DisposeAsync()
        {
            await Gateway.DisposeAsync();
            await Upstream.DisposeAsync();
        }
    }
}
