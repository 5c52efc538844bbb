using System.Diagnostics;
using System.Text;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.Telemetry;

/// <summary>A trace that comes in goes on, through the gateway to the provider.</summary>
public sealed class TraceTests
{
    [Theory]
    [InlineData("/v1/chat/completions", """{"model":"m","messages":[{"role":"user","content":"secret words"}]}""", "chat")]
    [InlineData("/v1/embeddings", """{"model":"m","input":"secret words"}""", "embeddings")]
    public async Task It_is_continued_with_what_the_conventions_want(string path, string body, string operation)
    {
        using var trace = new WatchedTrace();
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await TestGateway.StartAsync(upstream);

        using (var answer = await SendAsync(gateway, path, body, trace.Id))
            answer.EnsureSuccessStatusCode();
        await trace.EndedAsync(2);

        var call = trace.Ended.Single(a => a.Kind != ActivityKind.Client);
        var attempt = trace.Ended.Single(a => a.Kind == ActivityKind.Client);
        var sent = upstream.Requests.Single();
        Assert.Equal(attempt.Id, sent.Header("traceparent"));
        Assert.Equal("vendor=1", sent.Header("tracestate"));
        Assert.Equal((call.SpanId, call.TraceId), (attempt.ParentSpanId, attempt.TraceId));
        Assert.Equal(($"{operation} m", operation, "m", "up"), (call.DisplayName, Tag(call, "gen_ai.operation.name"), Tag(call, "gen_ai.request.model"), Tag(call, "gen_ai.provider.name")));
        Assert.Equal("completed", Tag(call, "aigateway.outcome"));
        Assert.Equal(($"{operation} m", operation, "m", "up"), (attempt.DisplayName, Tag(attempt, "gen_ai.operation.name"), Tag(attempt, "gen_ai.request.model"), Tag(attempt, "gen_ai.provider.name")));
        Assert.All(trace.Ended, a => Assert.Equal(200, a.GetTagItem("http.response.status_code")));
        Assert.StartsWith("req_", Tag(call, "aigateway.request_id"), StringComparison.Ordinal);
        Assert.NotNull(Tag(call, "gen_ai.usage.input_tokens"));
        Assert.DoesNotContain(trace.Ended, a => a.TagObjects.Any(t => t.Value?.ToString()!.Contains("secret", StringComparison.Ordinal) == true));
    }

    [Fact]
    public async Task Failures_are_marked_on_the_attempt_and_on_the_call()
    {
        using var trace = new WatchedTrace();
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await TestGateway.StartAsync(upstream);
        upstream.Always(Errors.RateLimited(1));

        using var answer = await SendAsync(gateway, "/v1/embeddings", """{"model":"m","input":"x"}""", trace.Id);
        await trace.EndedAsync(2);

        Assert.All(trace.Ended, a => Assert.Equal(ActivityStatusCode.Error, a.Status));
        Assert.All(trace.Ended, a => Assert.Equal(429, a.GetTagItem("http.response.status_code")));
        Assert.Equal(["429", "rate_limit_exceeded"], trace.Ended.Select(a => Tag(a, "error.type")).Order());
    }

    [Fact]
    public async Task Without_anybody_who_traces_it_passes_as_it_came()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await TestGateway.StartAsync(upstream);
        var id = $"00-{ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-01";

        using var answer = await SendAsync(gateway, "/v1/embeddings", """{"model":"m","input":"x"}""", id);

        Assert.Equal((id, "vendor=1"), (upstream.Requests.Single().Header("traceparent"), upstream.Requests.Single().Header("tracestate")));
    }

    [Fact]
    public async Task The_provider_gets_the_client_s_id_of_the_call_or_else_the_gateway_s()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await TestGateway.StartAsync(upstream);

        using var answer = await gateway.PostAsync("/v1/embeddings", """{"model":"m","input":"x"}""");
        using var own = new HttpRequestMessage(HttpMethod.Post, "/v1/embeddings") { Content = new StringContent("""{"model":"m","input":"x"}""", Encoding.UTF8, "application/json") };
        own.Headers.Add("X-Client-Request-Id", "mine");
        using var second = await gateway.Client.SendAsync(own);

        Assert.Equal(answer.Headers.GetValues("x-request-id").Single(), upstream.Requests[0].Header("X-Client-Request-Id"));
        Assert.Equal("mine", upstream.Requests[1].Header("X-Client-Request-Id"));
    }

    private static string? Tag(Activity activity, string name) => activity.GetTagItem(name)?.ToString();

    private static Task<HttpResponseMessage> SendAsync(TestGateway gateway, string path, string body, string traceparent)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("traceparent", traceparent);
        request.Headers.Add("tracestate", "vendor=1");
        return gateway.Client.SendAsync(request);
    }
}
