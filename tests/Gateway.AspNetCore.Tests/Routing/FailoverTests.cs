using System.Net;
using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.Background;
using AiGateway.AspNetCore.Tests.BadInput;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.AspNetCore.Tests.Responses;
using AiGateway.Routing;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.Routing;

/// <summary>A provider fails before it answered, and another one serves the call, without a trace of the first attempt.</summary>
public sealed class FailoverTests
{
    private const string Chat = """{"model":"m","messages":[{"role":"user","content":"Hi"}]}""";

    public static TheoryData<int> Worth => [408, 409, 429, 500, 502, 503, 504, 529];

    [Theory]
    [MemberData(nameof(Call.All), MemberType = typeof(Call))]
    public async Task Every_call_goes_on_at_the_next_provider(string name)
    {
        var call = Call.Of(name);
        await using var scene = await TwoProviders.StartAsync(
            a => call.IsNative ? a with { Apis = ["responses"] } : a, b => call.IsNative ? b with { Apis = ["responses"] } : b);
        scene.A.Always(Errors.ServerError());

        using var response = await call.SendAsync(scene.Gateway, "sk-client");
        var body = await response.Content.ReadAsStringAsync();

        Assert.True(response.StatusCode == HttpStatusCode.OK, body);
        Assert.Equal("b", Assert.Single(response.Headers.GetValues("x-aigateway-provider")));
        AssertClean(Assert.Single(scene.A.Requests), "a", "b");
        AssertClean(Assert.Single(scene.B.Requests), "b", "a");
        Assert.Equal("/other" + call.UpstreamPath, scene.B.Requests[0].RawPath);
        Assert.DoesNotContain("-model", body, StringComparison.Ordinal);
    }

    // One speaks chat only and the other responses only, so that the second attempt is made of another translation.
    [Theory]
    [InlineData("chat", true)]
    [InlineData("chat stream", true)]
    [InlineData("responses", true)]
    [InlineData("responses stream", true)]
    [InlineData("chat", false)]
    [InlineData("chat stream", false)]
    [InlineData("responses", false)]
    [InlineData("responses stream", false)]
    public async Task The_next_provider_may_speak_another_api(string name, bool chatFirst)
    {
        var call = Call.Of(name);
        await using var scene = await TwoProviders.StartAsync(
            a => a with { Apis = [chatFirst ? "chat" : "responses"] }, b => b with { Apis = [chatFirst ? "responses" : "chat"] });
        scene.A.Always(Errors.ServerError(503));

        using var response = await call.SendAsync(scene.Gateway);
        var body = await response.Content.ReadAsStringAsync();

        Assert.True(response.StatusCode == HttpStatusCode.OK, body);
        Assert.Contains("today", body, StringComparison.Ordinal);
        Assert.EndsWith(chatFirst ? "/chat/completions" : "/responses", scene.A.Requests.Single().RawPath, StringComparison.Ordinal);
        Assert.EndsWith(chatFirst ? "/responses" : "/chat/completions", scene.B.Requests.Single().RawPath, StringComparison.Ordinal);
        AssertClean(scene.B.Requests.Single(), "b", "a");
        var asChat = scene.B.Requests.Single().Json;
        Assert.Equal(chatFirst, asChat["input"] is not null);
        Assert.Equal(!chatFirst, asChat["messages"] is not null);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_background_run_goes_on_at_the_next_provider(bool streamed)
    {
        await using var scene = await TwoProviders.StartAsync(b: b => b with { Apis = ["responses"] });
        scene.A.Always(Errors.ServerError());

        string status;
        if (streamed)
        {
            var stream = await scene.Gateway.StreamAsync(BackgroundCalls.StreamRequest);
            status = stream.Final.Status()!;
        }
        else
        {
            var created = await scene.Gateway.PostJsonAsync("/v1/responses", BackgroundCalls.Request);
            status = (await scene.Gateway.PollAsync(created["id"]!.ToString())).Status()!;
        }

        Assert.Equal("completed", status);
        AssertClean(Assert.Single(scene.A.Requests), "a", "b");
        AssertClean(Assert.Single(scene.B.Requests), "b", "a");
    }

    [Fact]
    public async Task A_compaction_goes_on_at_the_next_provider()
    {
        await using var scene = await TwoProviders.StartAsync(b: b => b with { Apis = ["responses"] });
        scene.A.Always(Errors.ServerError());

        await scene.Gateway.PostJsonAsync("/v1/responses/compact", """{"model":"m","input":[{"role":"user","content":"Slate."},{"role":"assistant","content":"Noted."}]}""");

        AssertClean(Assert.Single(scene.A.Requests), "a", "b");
        AssertClean(Assert.Single(scene.B.Requests), "b", "a");
    }

    [Theory]
    [MemberData(nameof(Worth))]
    public async Task A_status_that_says_try_again_is_tried_elsewhere(int status)
    {
        await using var scene = await TwoProviders.StartAsync();
        scene.A.Always(Errors.ServerError(status));

        await scene.Gateway.PostJsonAsync("/v1/chat/completions", Chat);

        Assert.Equal((1, 1), (scene.A.Requests.Count, scene.B.Requests.Count));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(422)]
    public async Task A_status_that_says_no_is_the_answer(int status)
    {
        await using var scene = await TwoProviders.StartAsync();
        scene.A.Always(Errors.OpenAi(status, "invalid_request_error", "bad", "No."));

        await scene.Gateway.PostJsonAsync("/v1/chat/completions", Chat, (HttpStatusCode)status);

        Assert.Empty(scene.B.Requests);
    }

    [Fact]
    public async Task A_refused_connection_goes_elsewhere_even_for_images()
    {
        using var dead = new RefusedAddress();
        await using var scene = await TwoProviders.StartAsync(a => a with { BaseUrl = dead.BaseUrl });

        await scene.Gateway.PostJsonAsync("/v1/images/generations", """{"model":"m","prompt":"Hi"}""");

        Assert.Single(scene.B.Requests);
    }

    [Fact]
    public async Task A_provider_that_says_nothing_in_time_is_left()
    {
        var time = new TestTime();
        await using var scene = await TwoProviders.StartAsync(a => a with { FirstByteTimeout = TimeSpan.FromSeconds(10) }, time: time);
        scene.A.Always(Script.Silent());

        var asked = scene.Gateway.PostJsonAsync("/v1/chat/completions", Chat);
        await scene.A.NextRequestAsync();
        await time.PassAsync(TimeSpan.FromSeconds(11), asked);
        await asked;

        Assert.Single(scene.B.Requests);
    }

    // Its headers came, and with them a 200; but nothing of an answer.
    [Theory]
    [InlineData("chat", true)]
    [InlineData("chat stream", true)]
    [InlineData("embeddings", true)]
    [InlineData("images", false)]
    [InlineData("responses", false)] // stored
    [InlineData("responses stream", false)]
    public async Task A_connection_that_breaks_before_the_first_byte_is_tried_elsewhere_where_that_can_do_no_harm(string name, bool elsewhere)
    {
        var call = Call.Of(name);
        await using var scene = await TwoProviders.StartAsync();
        scene.A.Always(call.IsStream ? Script.Sse().Abort() : Script.Drop());

        using var response = await call.SendAsync(scene.Gateway);
        var body = await response.Content.ReadAsStringAsync();

        Assert.Equal((1, elsewhere ? 1 : 0), (scene.A.Requests.Count, scene.B.Requests.Count));
        Assert.Equal(!elsewhere, body.Contains("provider_closed", StringComparison.Ordinal) || body.Contains("response.failed", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("images")]
    [InlineData("responses")]
    public async Task What_may_have_run_is_tried_elsewhere_where_the_operator_wants_it(string name)
    {
        var call = Call.Of(name);
        await using var scene = await TwoProviders.StartAsync(options: o => o with { Retry = new RetryOptions { RetryUncertain = true } });
        scene.A.Always(Script.Drop());

        using var response = await call.SendAsync(scene.Gateway);

        Assert.Equal((HttpStatusCode.OK, 1), (response.StatusCode, scene.B.Requests.Count));
    }

    [Fact]
    public async Task What_is_not_stored_is_tried_elsewhere()
    {
        await using var scene = await TwoProviders.StartAsync();
        scene.A.Always(Script.Drop());

        await scene.Gateway.PostJsonAsync("/v1/responses", """{"model":"m","input":"Hi","store":false}""");

        Assert.Single(scene.B.Requests);
    }

    [Fact]
    public async Task A_whole_answer_that_breaks_off_is_tried_elsewhere()
    {
        await using var scene = await TwoProviders.StartAsync();
        scene.A.Always(AiGateway.Upstream.Chat.Text("Never heard of.").Truncated());

        var answer = await scene.Gateway.PostJsonAsync("/v1/chat/completions", Chat);

        Assert.DoesNotContain("Never", answer.ToJsonString(), StringComparison.Ordinal);
        Assert.Single(scene.B.Requests);
    }

    [Fact]
    public async Task A_stream_of_which_the_client_has_something_is_not_tried_again()
    {
        await using var scene = await TwoProviders.StartAsync(options: o => o with { Retry = new RetryOptions { MaxRetries = 2, RetryUncertain = true } });
        scene.A.Always(AiGateway.Upstream.Chat.Text("One two three").Take(2).Abort());

        using var response = await scene.Gateway.PostAsync("/v1/chat/completions", Chat.Replace("}]}", "}],\"stream\":true}", StringComparison.Ordinal));
        var body = await response.Content.ReadAsStringAsync();

        Assert.Contains("provider_closed", body, StringComparison.Ordinal);
        Assert.Empty(scene.B.Requests);
    }

    [Fact]
    public async Task The_last_error_is_told_and_nothing_of_the_others()
    {
        await using var scene = await TwoProviders.StartAsync();
        scene.A.Always(Errors.OpenAi(500, "server_error", "a_code", "Said a, at sk-a-secret.").Header("x-ratelimit-limit-requests", "7"));
        scene.B.Always(Errors.OpenAi(503, "server_error", "b_code", "Said b, with sk-b-secret."));

        using var response = await scene.Gateway.PostAsync("/v1/chat/completions", Chat);
        var body = await response.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("b_code", body, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", body, StringComparison.Ordinal);
        Assert.False(response.Headers.Contains("x-ratelimit-limit-requests"));
        Assert.Equal("b", response.Headers.GetValues("x-aigateway-provider").Single());
    }

    [Fact]
    public async Task The_provider_s_name_can_be_kept_back()
    {
        await using var scene = await TwoProviders.StartAsync(options: o => o with { ProviderHeader = false });

        using var response = await scene.Gateway.PostAsync("/v1/chat/completions", Chat);

        Assert.False(response.Headers.Contains("x-aigateway-provider"));
    }

    [Fact]
    public async Task A_client_that_leaves_ends_it()
    {
        await using var scene = await TwoProviders.StartAsync();
        scene.A.Always(Script.Silent());
        using var leave = new CancellationTokenSource();

        var asked = scene.Gateway.PostAsync("/v1/chat/completions", Chat, cancellationToken: leave.Token);
        var request = await scene.A.NextRequestAsync();
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        await request.Aborted;

        Assert.Empty(scene.B.Requests);
    }

    [Fact]
    public async Task A_client_hears_heartbeats_while_the_first_byte_is_waited_for()
    {
        var time = new TestTime();
        await using var scene = await TwoProviders.StartAsync(time: time);
        var gate = new TaskCompletionSource();
        scene.A.Always(Script.Sse().Wait(gate.Task).SendEvent(JsonNode.Parse("""{"id":"c","object":"chat.completion.chunk","model":"x","choices":[{"index":0,"delta":{"content":"Late"},"finish_reason":"stop"}]}""")!).SendDone());

        var asked = scene.Gateway.PostAsync("/v1/chat/completions", Chat.Replace("}]}", "}],\"stream\":true}", StringComparison.Ordinal));
        await scene.A.NextRequestAsync();
        await time.PassAsync(TimeSpan.FromSeconds(16), asked);
        using var response = await asked;
        gate.SetResult();
        var body = await response.Content.ReadAsStringAsync();

        Assert.StartsWith(":", body, StringComparison.Ordinal);
        Assert.Contains("Late", body, StringComparison.Ordinal);
        Assert.Empty(scene.B.Requests);
    }

    private static void AssertClean(ReceivedRequest request, string own, string other)
    {
        Assert.Equal($"Bearer sk-{own}-secret", request.Header("Authorization"));
        Assert.Equal(own, request.Header($"x-only-{own}"));
        Assert.Equal($"{own}-model", request.Json["model"]!.ToString());
        var everything = request.RawTarget + request.Text + string.Join('\n', request.Headers.Select(h => $"{h.Key}: {string.Join(',', h.Value)}"));
        Assert.DoesNotContain($"sk-{other}-secret", everything, StringComparison.Ordinal);
        Assert.DoesNotContain($"{other}-model", everything, StringComparison.Ordinal);
        Assert.DoesNotContain($"x-only-{other}", everything, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("sk-client", everything, StringComparison.Ordinal);
    }
}
