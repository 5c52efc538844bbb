using System.Text.Json.Nodes;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.Responses;

public sealed class ToolChoiceTests
{
    private const string Tools = """[{"type":"function","name":"f","parameters":{"type":"object"}},{"type":"function","name":"g"}]""";

    private const string OnlyF = """{"type":"allowed_tools","mode":"auto","tools":[{"type":"function","name":"f"}]}""";

    [Theory]
    [InlineData("\"auto\"", "\"auto\"", "\"auto\"")]
    [InlineData("\"none\"", "\"none\"", "\"none\"")]
    [InlineData("\"required\"", "\"required\"", "\"required\"")]
    [InlineData("null", "\"auto\"", null)]
    [InlineData("""{"type":"function","name":"f"}""", """{"type":"function","name":"f"}""", """{"type":"function","function":{"name":"f"}}""")]
    [InlineData(OnlyF, OnlyF, "\"auto\"")]
    [InlineData(
        """{"type":"allowed_tools","tools":[{"type":"function","name":"f"}]}""", """{"type":"allowed_tools","mode":"auto","tools":[{"type":"function","name":"f"}]}""", "\"auto\"")]
    [InlineData(
        """{"type":"allowed_tools","mode":"required","tools":[{"type":"function","name":"f"}]}""",
        """{"type":"allowed_tools","mode":"required","tools":[{"type":"function","name":"f"}]}""",
        "\"required\"")]
    public async Task Every_form_is_echoed_and_reaches_a_chat_provider_in_its_words(string asked, string echoed, string? sent)
    {
        await using var served = await Served.ByChatAsync(Chat.Text("Hi"));

        var response = await served.Gateway.CreateAsync(Request(asked));

        AssertSame(echoed, response["tool_choice"]);
        AssertSame(sent, served.Upstream.Requests[0].Json["tool_choice"]);
        Assert.Equal(2, served.Upstream.Requests[0].Json["tools"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("\"none\"")]
    [InlineData("\"required\"")]
    [InlineData("""{"type":"function","name":"g"}""")]
    [InlineData(OnlyF)]
    public async Task Every_form_reaches_a_native_provider_as_it_is(string asked)
    {
        await using var served = await Served.NativelyAsync(NativeResponses.Text("Hi"));

        var response = await served.Gateway.CreateAsync(Request(asked));

        AssertSame(asked, response["tool_choice"]);
        AssertSame(asked, served.Upstream.Requests[0].Json["tool_choice"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_call_that_is_not_allowed_is_kept_from_the_client(bool native)
    {
        ToolCall[] calls = [new("call_g", "g", "{}"), new("call_f", "f", """{"a":1}"""), new("call_g2", "g", """{"b":2}""")];
        await using var served = native ? await Served.NativelyAsync(NativeResponses.ToolCalls(calls)) : await Served.ByChatAsync(Chat.ToolCalls(calls));

        var stream = await served.Gateway.StreamAsync(Request(OnlyF));

        foreach (var response in (JsonObject[])[await served.Gateway.CreateAsync(Request(OnlyF)), stream.Final])
        {
            Assert.Equal("completed", response.Status());
            Assert.Equal("call_f", Assert.Single(response["output"]!.AsArray())!["call_id"]!.GetValue<string>());
        }

        Assert.DoesNotContain(stream.Events, streamed => streamed.ToJsonString().Contains("call_g", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false, OnlyF)]
    [InlineData(true, OnlyF)]
    [InlineData(false, "\"none\"")]
    [InlineData(true, "\"none\"")]
    [InlineData(false, """{"type":"function","name":"f"}""")]
    [InlineData(true, """{"type":"function","name":"f"}""")]
    public async Task Text_beside_a_call_that_is_not_allowed_is_the_answer(bool native, string choice)
    {
        var call = new ToolCall("call_g", "g", "{}");
        await using var served = native
            ? await Served.NativelyAsync(NativeResponses.Reply(new NativeFunctionCall(call), new NativeMessage("Or so.")))
            : await Served.ByChatAsync(Chat.Reply(new ChatTurn { Text = "Or so.", ToolCalls = [call] }));

        foreach (var response in (JsonObject[])[await served.Gateway.CreateAsync(Request(choice)), (await served.Gateway.StreamAsync(Request(choice))).Final])
        {
            Assert.Equal("Or so.", response.OutputText());
            Assert.Single(response["output"]!.AsArray());
            Assert.Equal("completed", response.Status());
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nothing_but_a_call_that_is_not_allowed_is_a_failure(bool native)
    {
        var call = new ToolCall("call_g", "g", "{}");
        await using var served = native ? await Served.NativelyAsync(NativeResponses.ToolCalls(call)) : await Served.ByChatAsync(Chat.ToolCalls(call));

        var stream = await served.Gateway.StreamAsync(Request(OnlyF));
        var error = await served.Gateway.RefusedAsync(Request(OnlyF), System.Net.HttpStatusCode.BadGateway);

        Assert.Equal("failed", stream.Final.Status());
        Assert.Empty(stream.Final["output"]!.AsArray());
        Assert.Equal("tool_not_allowed", error["code"]!.GetValue<string>());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_custom_tool_that_is_not_allowed_is_kept_from_the_client_too(bool native)
    {
        const string Request =
            """
            {"model":"m","input":"Go","tools":[{"type":"function","name":"f"},{"type":"custom","name":"run"}],
             "tool_choice":{"type":"allowed_tools","mode":"auto","tools":[{"type":"function","name":"f"}]}}
            """;
        await using var served = native
            ? await Served.NativelyAsync(Script.Json(
                """
                {"id":"resp_1","object":"response","status":"completed","output":[
                  {"id":"ctc_1","type":"custom_tool_call","call_id":"call_r","name":"run","input":"rm","status":"completed"},
                  {"id":"fc_1","type":"function_call","call_id":"call_f","name":"f","arguments":"{}","status":"completed"}]}
                """))
            : await Served.ByChatAsync(Script.Sse(
                ChatChunk.Call("""{"index":0,"id":"call_r","type":"custom","custom":{"name":"run","input":"rm"}}"""),
                ChatChunk.Call("""{"index":1,"id":"call_f","type":"function","function":{"name":"f","arguments":"{}"}}"""),
                ChatChunk.Of("{}", "tool_calls")));

        var stream = await served.Gateway.StreamAsync(Request, isStandard: false);

        Assert.Equal("call_f", Assert.Single(stream.Final["output"]!.AsArray())!["call_id"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_choice_of_an_undeclared_tool_is_refused()
    {
        await using var served = await Served.ByChatAsync();

        var error = await served.Gateway.RefusedAsync(Request("""{"type":"function","name":"h"}"""));

        Assert.Equal("tool_choice", error["param"]!.GetValue<string>());
        Assert.Equal("Tool choice 'h' not found in 'tools' parameter.", error["message"]!.GetValue<string>());
    }

    private static string Request(string choice) => $$"""{"model":"m","input":"Go","tools":{{Tools}},"tool_choice":{{choice}}}""";

    private static void AssertSame(string? expected, JsonNode? actual) =>
        Assert.True(JsonNode.DeepEquals(expected is null ? null : JsonNode.Parse(expected), actual), $"Expected {expected}, got {actual?.ToJsonString()}");
}
