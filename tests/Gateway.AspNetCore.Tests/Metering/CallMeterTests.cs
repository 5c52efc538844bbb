using System.Net;
using AiGateway.AspNetCore.Tests.Background;
using AiGateway.AspNetCore.Tests.Clients;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.AspNetCore.Tests.WebSockets;
using AiGateway.Hooks;
using AiGateway.Metering;
using AiGateway.Protocol;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.Metering;

/// <summary>Every call is measured to its end, and ends exactly once, whatever its end is.</summary>
public sealed class CallMeterTests
{
    private const string Ask = """{"model":"mine","messages":[{"role":"user","content":"Hello there"}]}""";
    private const string AskStream = """{"model":"mine","messages":[{"role":"user","content":"Hello there"}],"stream":true}""";

    [Fact]
    public async Task A_whole_answer()
    {
        await using var scene = await MeteredGateway.StartAsync();
        scene.Upstream.Always(Chat.Reply(new ChatTurn { Text = "Hi" }));

        using var response = await scene.Gateway.PostAsync("/v1/chat/completions", Ask);

        var call = await scene.NextAsync();
        Assert.Equal(response.Headers.GetValues("x-request-id").Single(), call.CallId);
        Assert.Equal((ApiKind.Chat, "mine", "theirs", "up", 1, false), (call.Api, call.AskedModel, call.ProviderModel, call.Provider, call.Attempts, call.IsStream));
        Assert.Equal((200, CallOutcome.Completed, null, UsageSource.Provider), (call.Status, call.Outcome, call.ErrorCode, call.UsageSource));
        Assert.True(call.Usage is { InputTokens: > 0, OutputTokens: > 0 });
        Assert.Null(call.TimeToFirstToken);
        Assert.True(call.Duration > TimeSpan.Zero);
    }

    [Fact]
    public async Task A_stream_whose_client_did_not_ask_for_usage()
    {
        await using var scene = await MeteredGateway.StartAsync();
        scene.Upstream.Always(Chat.Reply(new ChatTurn { Text = "Hi you", UsagePlace = UsagePlace.OwnChunkAlways }));

        await scene.Gateway.PostStreamAsync("/v1/chat/completions", AskStream);

        var call = await scene.NextAsync();
        Assert.Equal((true, 200, CallOutcome.Completed, UsageSource.Provider), (call.IsStream, call.Status, call.Outcome, call.UsageSource));
        Assert.True(call.TimeToFirstToken > TimeSpan.Zero && call.TimeToFirstToken <= call.Duration);
    }

    [Fact]
    public async Task A_stream_whose_provider_says_no_usage_is_estimated()
    {
        await using var scene = await MeteredGateway.StartAsync();
        scene.Upstream.Always(Chat.Reply(new ChatTurn { Text = string.Concat(Enumerable.Repeat("word ", 80)), UsagePlace = UsagePlace.Nowhere }));

        await scene.Gateway.PostStreamAsync("/v1/chat/completions", AskStream);

        var call = await scene.NextAsync();
        Assert.Equal((CallOutcome.Completed, UsageSource.Estimated), (call.Outcome, call.UsageSource));
        Assert.InRange(call.Usage!.Value.OutputTokens, 95, 105);
        Assert.InRange(call.Usage.Value.InputTokens, 5, 20);
    }

    [Fact]
    public async Task A_client_that_leaves_in_mid_stream_pays_for_what_came()
    {
        await using var scene = await MeteredGateway.StartAsync();
        scene.Upstream.Always(Chat.Reply(new ChatTurn { Text = string.Concat(Enumerable.Repeat("word ", 80)) }).Take(41).Hang());
        using var client = new ImpatientClient();
        var response = await scene.Gateway.PostAsync("/v1/chat/completions", AskStream);
        var reader = new WireReader(response);
        for (var i = 0; i < 40; i++)
            await reader.ReadUntilAsync("word");

        response.Dispose();

        var call = await scene.NextAsync();
        Assert.Equal((200, CallOutcome.ClientLeft, UsageSource.Estimated), (call.Status, call.Outcome, call.UsageSource));
        Assert.InRange(call.Usage!.Value.OutputTokens, 40, 60);
    }

    [Fact]
    public async Task A_client_that_leaves_before_the_answer_pays_for_its_input()
    {
        await using var scene = await MeteredGateway.StartAsync();
        scene.Upstream.Always(Script.Silent());
        using var patience = new CancellationTokenSource();
        var sent = scene.Gateway.PostAsync("/v1/chat/completions", Ask, cancellationToken: patience.Token);
        await scene.Upstream.NextRequestAsync();

        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sent);
        var call = await scene.NextAsync();
        Assert.Equal((499, CallOutcome.ClientLeft, UsageSource.Estimated), (call.Status, call.Outcome, call.UsageSource));
        Assert.True(call.Usage is { InputTokens: > 0, OutputTokens: 0 });
    }

    [Fact]
    public async Task A_stream_that_breaks_is_failed_and_estimated()
    {
        await using var scene = await MeteredGateway.StartAsync();
        scene.Upstream.Always(Chat.Reply(new ChatTurn { Text = "one two three four five six" }).Take(4).Abort());

        using var response = await scene.Gateway.PostAsync("/v1/chat/completions", AskStream);
        await response.Content.ReadAsStringAsync();

        var call = await scene.NextAsync();
        Assert.Equal((200, CallOutcome.Failed, "provider_closed", UsageSource.Estimated), (call.Status, call.Outcome, call.ErrorCode, call.UsageSource));
        Assert.True(call.Usage!.Value.OutputTokens > 0);
    }

    [Theory]
    [InlineData("""{"model":"other","messages":[]}""", HttpStatusCode.NotFound, "model_not_found")]
    [InlineData("""{"model":"mine"}""", HttpStatusCode.BadRequest, "missing_required_parameter")]
    public async Task A_refused_call_uses_nothing(string body, HttpStatusCode status, string code)
    {
        await using var scene = await MeteredGateway.StartAsync();

        await scene.Gateway.PostJsonAsync("/v1/chat/completions", body, status);

        var call = await scene.NextAsync();
        Assert.Equal(((int)status, CallOutcome.Failed, code, 0, null, UsageSource.None), (call.Status, call.Outcome, call.ErrorCode, call.Attempts, call.Usage, call.UsageSource));
    }

    [Fact]
    public async Task A_provider_that_refuses_took_nothing()
    {
        await using var scene = await MeteredGateway.StartAsync();
        scene.Upstream.Always(Errors.RateLimited(3));

        await scene.Gateway.PostJsonAsync("/v1/chat/completions", Ask, HttpStatusCode.TooManyRequests);

        var call = await scene.NextAsync();
        Assert.Equal((429, CallOutcome.Failed, 1, null), (call.Status, call.Outcome, call.Attempts, call.Usage));
    }

    [Fact]
    public async Task A_hook_that_throws_behind_the_answer_changes_nothing_about_what_was_used()
    {
        await using var scene = await MeteredGateway.StartAsync(hooks: new ThrowsAtResponse());

        await scene.Gateway.PostJsonAsync("/v1/chat/completions", Ask, HttpStatusCode.InternalServerError);

        var call = await scene.NextAsync();
        Assert.Equal((500, CallOutcome.Failed, UsageSource.Provider), (call.Status, call.Outcome, call.UsageSource));
    }

    [Theory]
    [InlineData("chat")]
    [InlineData("responses")]
    public async Task A_response_that_is_cut_is_incomplete(string api)
    {
        await using var scene = await MeteredGateway.StartAsync(p => p with { Apis = [api] });
        scene.Upstream.Always(api == "chat"
            ? Chat.Reply(new ChatTurn { Text = "Hi", FinishReason = "length" })
            : NativeResponses.Reply(new NativeTurn { Items = [new NativeMessage("Hi")], IncompleteReason = "max_output_tokens" }));

        await scene.Gateway.PostStreamAsync("/v1/responses", """{"model":"mine","input":"Hello","stream":true,"store":false}""");

        var call = await scene.NextAsync();
        Assert.Equal((CallOutcome.Incomplete, UsageSource.Provider), (call.Outcome, call.UsageSource));
        Assert.NotNull(call.TimeToFirstToken);
    }

    [Theory]
    [InlineData("chat")]
    [InlineData("responses")]
    public async Task A_response_whose_client_leaves_is_estimated(string api)
    {
        await using var scene = await MeteredGateway.StartAsync(p => p with { Apis = [api] });
        var text = string.Concat(Enumerable.Repeat("word ", 40));
        scene.Upstream.Always(api == "chat"
            ? Chat.Reply(new ChatTurn { Text = text }).Take(30).Hang()
            : NativeResponses.Reply(new NativeTurn { Items = [new NativeMessage(text)] }).Take(30).Hang());
        var response = await scene.Gateway.PostAsync("/v1/responses", """{"model":"mine","input":"Hello","stream":true}""");
        var reader = new WireReader(response);
        for (var i = 0; i < 20; i++)
            await reader.ReadUntilAsync("word");

        response.Dispose();

        var call = await scene.NextAsync();
        Assert.Equal((CallOutcome.ClientLeft, UsageSource.Estimated), (call.Outcome, call.UsageSource));
        Assert.InRange(call.Usage!.Value.OutputTokens, 20, 60);
    }

    [Fact]
    public async Task A_turn_over_a_socket_is_a_call()
    {
        await using var scene = await MeteredGateway.StartAsync();
        using var socket = await TurnSocket.ConnectAsync(scene.Gateway);
        await socket.TurnAsync("""{"model":"mine","input":"Hello"}""");
        Assert.Equal(CallOutcome.Completed, (await scene.NextAsync()).Outcome);
        await socket.TurnAsync("""{"model":"mine","input":"Hello"}""");
        Assert.Equal(CallOutcome.Completed, (await scene.NextAsync()).Outcome);
        Assert.Equal(2, scene.Begun);
    }

    [Fact]
    public async Task A_background_response_is_a_call_of_its_own()
    {
        await using var scene = await MeteredGateway.StartAsync();

        var created = await scene.Gateway.PostJsonAsync("/v1/responses", """{"model":"mine","input":"Hello","background":true}""");

        var calls = new[] { await scene.NextAsync(), await scene.NextAsync() };
        var create = Assert.Single(calls, c => c.ResponseId is null);
        var run = Assert.Single(calls, c => c.ResponseId is not null);
        Assert.Equal((0, CallOutcome.Completed, UsageSource.None), (create.Attempts, create.Outcome, create.UsageSource));
        Assert.Equal((created["id"]!.GetValue<string>(), create.CallId, 1, CallOutcome.Completed, UsageSource.Provider), (run.ResponseId, run.CallId, run.Attempts, run.Outcome, run.UsageSource));
    }

    [Fact]
    public async Task A_background_response_that_is_cancelled_is_estimated()
    {
        await using var scene = await MeteredGateway.StartAsync();
        scene.Upstream.Always(Script.Silent());
        var created = await scene.Gateway.PostJsonAsync("/v1/responses", """{"model":"mine","input":"Hello","background":true}""");
        await scene.NextAsync();
        await scene.Upstream.NextRequestAsync();

        await scene.Gateway.CancelAsync(created["id"]!.GetValue<string>());

        var run = await NextRunAsync(scene);
        Assert.Equal((CallOutcome.Cancelled, UsageSource.Estimated), (run.Outcome, run.UsageSource));
        Assert.True(run.Usage!.Value.InputTokens > 0);
    }

    private static async Task<CallMeter> NextRunAsync(MeteredGateway scene)
    {
        while (true)
        {
            if (await scene.NextAsync() is { ResponseId: not null } run)
                return run;
        }
    }

    private sealed class ThrowsAtResponse : IResponseHook
    {
        public ValueTask OnResponseAsync(GatewayCall call, CallResult result, CancellationToken cancellationToken) => throw new InvalidOperationException("no");
    }
}
