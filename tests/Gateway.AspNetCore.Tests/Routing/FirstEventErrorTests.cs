using System.Net;
using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.Background;
using AiGateway.AspNetCore.Tests.BadInput;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.AspNetCore.Tests.Responses;
using AiGateway.Providers;
using AiGateway.Routing;
using AiGateway.Upstream;
using Microsoft.Extensions.DependencyInjection;

namespace AiGateway.AspNetCore.Tests.Routing;

/// <summary>A provider answers 200, and its stream begins with an error: as long as the client has nothing, that is an attempt that failed.</summary>
public sealed class FirstEventErrorTests
{
    private const string Unstored = """{"model":"m","input":"Hi","stream":true,"store":false}""";
    private const string Stored = """{"model":"m","input":"Hi","stream":true}""";

    [Theory]
    [InlineData("server_error", null)]
    [InlineData("rate_limit_error", "rate_limit_exceeded")]
    [InlineData("overloaded_error", null)]
    public async Task A_chat_stream_that_begins_with_an_error_goes_on_elsewhere(string type, string? code)
    {
        await using var scene = await TwoProviders.StartAsync();
        scene.A.Always(Script.Sse().Comment("working on it").SendError(type, code, "No."));

        using var response = await Call.Of("chat stream").SendAsync(scene.Gateway);
        var body = await response.Content.ReadAsStringAsync();

        Assert.Equal((1, 1), (scene.A.Requests.Count, scene.B.Requests.Count));
        Assert.DoesNotContain("error", body, StringComparison.Ordinal);
        Assert.Equal("b", response.Headers.GetValues("x-aigateway-provider").Single());
    }

    // The response was opened by its provider already; the client has not heard of it.
    [Theory]
    [InlineData(Unstored, "server_error", true)]
    [InlineData(Unstored, "rate_limit_exceeded", true)]
    [InlineData(Stored, "rate_limit_exceeded", true)]
    [InlineData(Stored, "server_is_overloaded", true)]
    [InlineData(Stored, "server_error", false)] // may have run
    [InlineData(Unstored, "invalid_prompt", false)] // would fail in the same way anywhere
    public async Task A_response_that_fails_before_its_first_words_goes_on_elsewhere_where_that_can_do_no_harm(string request, string code, bool elsewhere)
    {
        await using var scene = await StartNativeAsync();
        scene.A.Always(NativeResponses.Failed(code, "No."));

        var stream = await scene.Gateway.StreamAsync(request);

        Assert.Equal((1, elsewhere ? 1 : 0), (scene.A.Requests.Count, scene.B.Requests.Count));
        Assert.Equal(elsewhere ? "completed" : "failed", stream.Final.Status());
        Assert.Single(stream.Events, e => e["type"]!.ToString() == "response.created");
    }

    [Fact]
    public async Task An_error_event_alone_is_enough()
    {
        await using var scene = await StartNativeAsync();
        scene.A.Always(Script.Sse().SendEvent("error", new JsonObject { ["type"] = "error", ["code"] = "rate_limit_exceeded", ["message"] = "Slow.", ["param"] = null }).CloseEarly());

        Assert.Equal("completed", (await scene.Gateway.StreamAsync(Stored)).Final.Status());
    }

    [Fact]
    public async Task A_background_run_goes_on_elsewhere()
    {
        await using var scene = await StartNativeAsync();
        scene.A.Always(NativeResponses.Failed("rate_limit_exceeded", "Slow."));

        Assert.Equal("completed", (await scene.Gateway.StreamAsync(BackgroundCalls.StreamRequest)).Final.Status());
    }

    [Fact]
    public async Task Behind_the_first_words_it_is_the_client_s_to_hear()
    {
        await using var scene = await StartNativeAsync();
        scene.A.Always(NativeResponses.Failed("rate_limit_exceeded", "Slow.", "One"));

        Assert.Equal("failed", (await scene.Gateway.StreamAsync(Unstored)).Final.Status());
        Assert.Empty(scene.B.Requests);
    }

    [Theory]
    [InlineData("server_error", HttpStatusCode.InternalServerError)]
    [InlineData("rate_limit_error", HttpStatusCode.TooManyRequests)]
    [InlineData("overloaded_error", HttpStatusCode.ServiceUnavailable)]
    public async Task Where_all_fail_so_the_client_gets_the_last_one_s_error_with_the_status_it_would_have_had(string type, HttpStatusCode status)
    {
        await using var scene = await TwoProviders.StartAsync();
        scene.A.Always(Errors.ServerError());
        scene.B.Always(Script.Sse().SendError(type, "b_code", "Said b, with sk-b-secret."));

        using var response = await Call.Of("chat stream").SendAsync(scene.Gateway);
        var body = await response.Content.ReadAsStringAsync();

        Assert.Equal(status, response.StatusCode);
        Assert.Contains("b_code", body, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("server_error", "open")]
    [InlineData("rate_limit_error", "closed")]
    public async Task It_counts_against_the_provider_like_the_status_it_stands_for(string type, string breaker)
    {
        await using var scene = await TwoProviders.StartAsync(a => a with { Breaker = new BreakerOptions { MinimumCalls = 2, FailureRatio = 1 } });
        scene.A.Always(Script.Sse().SendError(type, null, "No."));

        for (var i = 0; i < 2; i++)
            (await Call.Of("chat stream").SendAsync(scene.Gateway)).Dispose();

        Assert.Equal(breaker, scene.Gateway.Services.GetRequiredService<ModelRegistry>().Health()[0].Breaker);
    }

    // A client that waits for what its response is called does not wait for what it will say.
    [Fact]
    public async Task A_response_that_is_opened_is_told_of_within_a_second()
    {
        var time = new TestTime();
        await using var scene = await TwoProviders.StartAsync(
            a => a with { Apis = ["responses"], IdleTimeout = TimeSpan.FromDays(1) }, options: o => o with { HeartbeatInterval = TimeSpan.FromDays(1) }, time: time);
        var gate = new TaskCompletionSource();
        scene.A.Always(NativeResponses.Text("Late").WaitAfter(2, gate.Task));

        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/responses") { Content = new StringContent(Unstored, null, "application/json") };
        var asked = scene.Gateway.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await scene.A.NextRequestAsync();
        await time.PassAsync(TimeSpan.FromSeconds(1.1), asked);
        using var response = await asked;
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());

        Assert.Equal("event: response.created", await reader.ReadLineAsync());
        gate.SetResult();
        Assert.Contains("Late", await reader.ReadToEndAsync(), StringComparison.Ordinal);
    }

    private static Task<TwoProviders> StartNativeAsync() =>
        TwoProviders.StartAsync(a => a with { Apis = ["responses"] }, b => b with { Apis = ["responses"] });
}
