using AiGateway.AspNetCore.Tests.BadInput;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.BadProviders;

/// <summary>A stream that begins well and goes wrong: the client learns it as an event, and is never told that all was well.</summary>
public sealed class BrokenStreamTests
{
    // Of a time that only passes where a test lets it.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    [Theory]
    [MemberData(nameof(Call.Streams), MemberType = typeof(Call))]
    public async Task Silence_in_mid_stream(string name)
    {
        var time = new TestTime();
        await Scene.RunAsync(
            name,
            call => Scene.Begun(call).Hang(),
            async scene =>
            {
                var answer = await scene.AskAsync(rest => time.PassAsync(2 * Limit, rest));
                var error = answer.StreamError(scene.Call);
                Assert.Equal(("server_error", "provider_timeout"), (error.Type, error.Code));
                await scene.Upstream.Requests.Single().Aborted.WaitAsync(Waits.Deadline);
            },
            p => p with { IdleTimeout = Limit },
            time: time);
    }

    [Theory]
    [MemberData(nameof(Call.Streams), MemberType = typeof(Call))]
    public Task An_end_too_early(string name) => BreaksAsync(name, s => s.CloseEarly(), "provider_closed");

    [Theory]
    [MemberData(nameof(Call.Streams), MemberType = typeof(Call))]
    public async Task A_reset(string name)
    {
        // What a reset overtakes is lost: only once the client has heard the beginning is it sure to be a stream.
        var heard = new TaskCompletionSource();
        await Scene.RunAsync(
            name,
            call => Scene.Begun(call).Wait(heard.Task).Abort(),
            async scene =>
            {
                using var response = await scene.Call.SendAsync(scene.Gateway);
                heard.SetResult();
                var error = (await Answer.ReadAsync(response)).StreamError(scene.Call);
                Assert.Equal(("server_error", "provider_closed"), (error.Type, error.Code));
            });
    }

    [Theory]
    [MemberData(nameof(Call.Streams), MemberType = typeof(Call))]
    public Task An_event_cut_in_two(string name) => BreaksAsync(name, s => s.Send("data: {\"id\":\"x\",\"cho").CloseEarly(), "provider_invalid_response");

    [Theory]
    [MemberData(nameof(Call.Streams), MemberType = typeof(Call))]
    public async Task Garbage(string name)
    {
        await BreaksAsync(name, s => s.Garbage(), "provider_invalid_response");
        foreach (var data in new[] { "[]", "17", "null", "\"x\"", "{\"a\":1}}", "{\"usag\\ud800\":1,\"typ\\ud800\":1}" })
            await BreaksAsync(name, s => s.SendEvent(data), "provider_invalid_response");
    }

    [Theory]
    [MemberData(nameof(Call.Streams), MemberType = typeof(Call))]
    public async Task A_reported_error(string name)
    {
        var place = "";
        await Scene.RunAsync(
            name,
            call => Script.By(_ => Scene.Begun(call).SendError("rate_limit_error", "rate_limit_exceeded", $"Slow down at {place} with sk-upstream-secret.").Hang()),
            async scene =>
            {
                place = scene.Upstream.Address.GetLeftPart(UriPartial.Authority);
                var error = (await scene.AskAsync()).StreamError(scene.Call);
                Assert.Equal(("rate_limit_error", "rate_limit_exceeded"), (error.Type, error.Code));
                Assert.StartsWith("Slow down at", error.Message, StringComparison.Ordinal);
            });
    }

    [Theory]
    [MemberData(nameof(Call.Streams), MemberType = typeof(Call))]
    public Task An_error_reported_as_a_text(string name) => Scene.RunAsync(
        name,
        call => Scene.Begun(call).SendEvent("""{"error":"out of memory"}"""),
        async scene => Assert.Equal("out of memory", (await scene.AskAsync()).StreamError(scene.Call).Message));

    [Theory]
    [InlineData("chat stream")]
    [InlineData("native responses stream")]
    [InlineData("images stream")]
    public Task An_error_reported_before_anything_else_is_still_a_status(string name) => Scene.RunAsync(
        name,
        _ => Script.Sse().SendError("rate_limit_error", "rate_limit_exceeded", "Slow down."),
        async scene => Assert.Equal("rate_limit_exceeded", (await (await scene.AskAsync()).ErrorAsync(429)).Code));

    [Theory]
    [InlineData("chat stream")]
    [InlineData("native responses stream")]
    [InlineData("images stream")]
    public Task A_stream_without_any_event_is_still_a_status(string name) => Scene.RunAsync(
        name,
        _ => Script.Sse(),
        async scene => Assert.Equal("provider_closed", (await (await scene.AskAsync()).ErrorAsync(502)).Code));

    [Theory]
    [InlineData("chat stream")]
    [InlineData("native responses stream")]
    [InlineData("images stream")]
    public async Task Silence_before_the_first_event_is_still_a_status(string name)
    {
        var time = new TestTime();
        await Scene.RunAsync(
            name,
            _ => Script.Sse().Hang(),
            async scene =>
            {
                using var head = new AnswerHead(scene.Upstream);
                var answer = scene.AskAsync();
                await head.Arrived.WaitAsync(Waits.Deadline);
                await time.PassAsync(2 * Limit, answer);
                Assert.Equal("provider_timeout", (await (await answer).ErrorAsync(504)).Code);
            },
            p => p with { FirstByteTimeout = Limit },
            // One would begin the answer, and there is no status behind it.
            o => o with { HeartbeatInterval = TimeSpan.Zero },
            time);
    }

    [Theory]
    [MemberData(nameof(Call.Streams), MemberType = typeof(Call))]
    public Task A_page_for_people_in_place_of_a_stream(string name) => Scene.RunAsync(name, _ => Errors.Html(200), async scene =>
    {
        var answer = await scene.AskAsync();
        var error = scene.Call.Name == "responses stream" ? answer.StreamError(scene.Call) : await answer.ErrorAsync(502);
        Assert.Equal("provider_invalid_response", error.Code);
    });

    [Theory]
    [InlineData("chat stream")]
    [InlineData("responses stream")]
    public Task A_chat_stream_that_gave_its_reason_to_end_is_whole_without_DONE(string name) => Scene.RunAsync(
        name,
        call => Scene.GoodStream(call).WithoutDone().CloseEarly(),
        async scene => Assert.Equal("[DONE]", (await scene.AskAsync()).Events()[^1].Data));

    [Theory]
    [InlineData("native responses")]
    [InlineData("native responses stream")]
    public async Task A_failed_native_response_says_why_and_not_where(string name)
    {
        var place = "";
        await Scene.RunAsync(
            name,
            _ => Script.By(_ => NativeResponses.Failed("server_error", $"Lost sk-upstream-secret at {place}", "One two")),
            async scene =>
            {
                place = scene.Upstream.Address.GetLeftPart(UriPartial.Authority);
                var answer = await scene.AskAsync();
                Assert.Contains("Lost [redacted] at", answer.Body, StringComparison.Ordinal);
                if (scene.Call.IsStream)
                    answer.StreamError(scene.Call);
            });
    }

    private static Task BreaksAsync(string name, Func<Script, Script> broken, string code) => Scene.RunAsync(
        name,
        call => broken(Scene.Begun(call)),
        async scene =>
        {
            var error = (await scene.AskAsync()).StreamError(scene.Call);
            Assert.Equal(("server_error", code, null), (error.Type, error.Code, error.Param));
        });
}
