using System.Text.Json.Nodes;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.Responses;

public sealed class EndingTests
{
    [Theory]
    [InlineData("length", "max_output_tokens")]
    [InlineData("content_filter", "content_filter")]
    public async Task What_is_cut_short_is_incomplete(string finish, string reason)
    {
        await using var served = await Served.ByChatAsync(Chat.Reply(new ChatTurn { Reasoning = "Hm.", Text = "Once upon a", FinishReason = finish }));

        var stream = await served.Gateway.StreamAsync(Served.Hello);

        Assert.Equal("response.incomplete", stream.Types[^1]);
        foreach (var response in (JsonObject[])[await served.Gateway.CreateAsync(Served.Hello), stream.Final])
        {
            Assert.Equal("incomplete", response.Status());
            Assert.Equal(reason, response["incomplete_details"]!["reason"]!.GetValue<string>());
            Assert.Equal("incomplete", response["output"]!.AsArray()[^1]!["status"]!.GetValue<string>());
            Assert.Equal("Once upon a", response.OutputText());
            Assert.NotNull(response["usage"]);
        }
    }

    [Fact]
    public async Task A_call_cut_short_is_incomplete_and_the_last()
    {
        var turn = new ChatTurn { ToolCalls = [new("call_a", "f", """{"a":1}"""), new("call_b", "f", """{"b":""")], FinishReason = "length" };
        await using var served = await Served.ByChatAsync(Chat.Reply(turn));

        foreach (var response in (JsonObject[])[await served.Gateway.CreateAsync(Served.Hello), (await served.Gateway.StreamAsync(Served.Hello)).Final])
        {
            Assert.Equal(["completed", "incomplete"], response.Items("function_call").Select(call => call["status"]!.GetValue<string>()));
            Assert.Equal("""{"b":""", response.Items("function_call")[1]["arguments"]!.GetValue<string>());
        }
    }

    [Fact]
    public async Task An_error_in_mid_stream_is_told_and_fails_the_response()
    {
        await using var served = await Served.ByChatAsync(
            Chat.Text("One two three four").Take(3).SendError("server_error", "overloaded", "The engine is overloaded."));

        var stream = await served.Gateway.StreamAsync(Served.Hello);

        Assert.Equal(["error", "response.failed"], stream.Types.TakeLast(2));
        Assert.Contains("overloaded", stream.Events[^2]["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("server_error", stream.Final["error"]!["code"]!.GetValue<string>());
        Assert.Equal("One two", stream.Final.OutputText());
    }

    [Fact]
    public async Task A_rate_limit_in_mid_stream_keeps_its_code()
    {
        await using var served = await Served.ByChatAsync(
            Chat.Text("One two three").Take(2).SendError("rate_limit_error", "rate_limit_exceeded", "Slow down."));

        Assert.Equal("rate_limit_exceeded", (await served.Gateway.StreamAsync(Served.Hello)).Final["error"]!["code"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("close")]
    [InlineData("reset")]
    [InlineData("garbage")]
    public async Task A_stream_that_breaks_fails_the_response(string how)
    {
        var begun = Chat.Text("One two three four").Take(3);
        await using var served = await Served.ByChatAsync(how switch { "close" => begun, "reset" => begun.Abort(), _ => begun.Garbage() });

        var stream = await served.Gateway.StreamAsync(Served.Hello);

        Assert.Equal(["error", "response.failed"], stream.Types.TakeLast(2));
        Assert.Equal("server_error", stream.Final["error"]!["code"]!.GetValue<string>());
        Assert.DoesNotContain(served.Upstream.Address.Port.ToString(), stream.Final.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_break_before_the_first_chunk_fails_the_response_too()
    {
        await using var served = await Served.ByChatAsync(Script.Sse().CloseEarly());

        var stream = await served.Gateway.StreamAsync(Served.Hello);

        Assert.Equal(["response.created", "response.in_progress", "error", "response.failed"], stream.Types);
    }

    [Fact]
    public async Task Done_without_a_reason_is_an_end_like_any_other()
    {
        await using var served = await Served.ByChatAsync(Script.Sse(ChatChunk.Of("""{"role":"assistant","content":"Hi"}""")));

        Assert.Equal("completed", (await served.Gateway.StreamAsync(Served.Hello)).Final.Status());
    }

    [Fact]
    public async Task A_reason_without_done_is_an_end_too()
    {
        await using var served = await Served.ByChatAsync(Chat.Text("Hi there").WithoutDone());

        Assert.Equal("Hi there", (await served.Gateway.StreamAsync(Served.Hello)).Final.OutputText());
    }

    [Fact]
    public async Task A_completion_in_place_of_a_stream_is_streamed_all_the_same()
    {
        await using var served = await Served.ByChatAsync(Script.Json(
            """{"id":"c","object":"chat.completion","created":1,"model":"up","choices":[{"index":0,"message":{"role":"assistant","content":"Hi there"},"finish_reason":"stop"}]}"""));

        var stream = await served.Gateway.StreamAsync(Served.Hello);

        Assert.Equal("Hi there", stream.Joined("response.output_text.delta"));
    }

    [Fact]
    public async Task An_error_before_the_stream_is_a_status()
    {
        await using var served = await Served.ByChatAsync(Errors.RateLimited(7));

        var error = await served.Gateway.RefusedAsync("""{"model":"m","input":"Hello","stream":true}""", System.Net.HttpStatusCode.TooManyRequests);

        Assert.Equal("rate_limit_exceeded", error["code"]!.GetValue<string>());
    }
}
