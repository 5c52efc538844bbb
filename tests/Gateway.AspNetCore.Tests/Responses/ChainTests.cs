using System.Net;
using System.Text.Json.Nodes;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.Responses;

public sealed class ChainTests
{
    private const string First = """{"model":"m","instructions":"Speak French.","input":"One"}""";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_chat_provider_gets_the_whole_chain_in_order(bool streamed)
    {
        await using var served = await Served.ByChatAsync();
        served.Upstream.Enqueue(Chat.Text("Un"), Chat.Text("Deux"), Chat.Text("Trois"));

        var first = await AnswerAsync(served, First, streamed);
        var second = await AnswerAsync(served, Next(first, "Two"), streamed);
        var third = await AnswerAsync(served, Next(second, "Three"), streamed);

        Assert.Equal(second.Id(), third["previous_response_id"]!.GetValue<string>());
        Assert.Null(third["instructions"]);
        var messages = served.Upstream.Requests[2].Json["messages"]!.AsArray();
        Assert.Equal(
            [("user", "One"), ("assistant", "Un"), ("user", "Two"), ("assistant", "Deux"), ("user", "Three")],
            messages.Select(message => (message!["role"]!.GetValue<string>(), message["content"]!.ToString())));
    }

    [Fact]
    public async Task A_native_provider_gets_the_whole_chain_as_input_and_no_id_of_ours()
    {
        await using var served = await Served.NativelyAsync();
        served.Upstream.Enqueue(NativeResponses.Text("Un"), NativeResponses.Text("Deux"));

        var first = await served.Gateway.CreateAsync(First);
        await served.Gateway.CreateAsync(Next(first, "Two"));

        var sent = served.Upstream.Requests[1].Json;
        Assert.Null(sent["previous_response_id"]);
        Assert.Null(sent["instructions"]);
        Assert.False(sent["store"]!.GetValue<bool>());
        Assert.Equal(["user", "assistant", "user"], sent["input"]!.AsArray().Select(item => item!["role"]!.GetValue<string>()));
        Assert.All(sent["input"]!.AsArray(), item => Assert.False(item!.AsObject().ContainsKey("id")));
        Assert.DoesNotContain(first.Id(), sent.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tool_result_finds_its_call_in_the_chain()
    {
        await using var served = await Served.ByChatAsync();
        served.Upstream.Enqueue(Chat.ToolCalls(new ToolCall("call_a", "f", """{"x":1}""")), Chat.Text("Done"));
        const string Tools = "\"tools\":[{\"type\":\"function\",\"name\":\"f\"}]";

        var first = await served.Gateway.CreateAsync($$"""{"model":"m","input":"Go",{{Tools}}}""");
        var second = await served.Gateway.CreateAsync(
            $$"""{"model":"m","previous_response_id":"{{first.Id()}}",{{Tools}},"input":[{"type":"function_call_output","call_id":"call_a","output":"42"}]}""");

        Assert.Equal("Done", second.OutputText());
        var messages = served.Upstream.Requests[1].Json["messages"]!.AsArray();
        Assert.Equal(["user", "assistant", "tool"], messages.Select(message => message!["role"]!.GetValue<string>()));
        Assert.Equal("call_a", messages[1]!["tool_calls"]![0]!["id"]!.GetValue<string>());
        Assert.Equal("42", messages[2]!["content"]!.ToString());
    }

    [Fact]
    public async Task A_tool_result_without_its_call_is_refused()
    {
        await using var served = await Served.ByChatAsync();
        var first = await served.Gateway.CreateAsync(First);

        var error = await served.Gateway.RefusedAsync(
            $$"""{"model":"m","previous_response_id":"{{first.Id()}}","input":[{"type":"function_call_output","call_id":"call_x","output":"42"}]}""");

        Assert.Equal("No tool call found for function call output with call_id call_x.", error["message"]!.GetValue<string>());
        Assert.Equal("input", error["param"]!.GetValue<string>());
        Assert.Null(error["code"]);
    }

    [Fact]
    public async Task A_call_left_without_a_result_is_refused()
    {
        await using var served = await Served.ByChatAsync(Chat.ToolCalls(new ToolCall("call_a", "f", "{}")));
        var first = await served.Gateway.CreateAsync("""{"model":"m","input":"Go","tools":[{"type":"function","name":"f"}]}""");

        var error = await served.Gateway.RefusedAsync(Next(first, "Never mind."));

        Assert.Equal("No tool output found for function call call_a.", error["message"]!.GetValue<string>());
    }

    [Fact]
    public async Task An_unknown_response_cannot_be_continued()
    {
        await using var served = await Served.ByChatAsync();

        await AssertNotFoundAsync(served, "resp_nowhere");
        Assert.Empty(served.Upstream.Requests);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_not_stored_cannot_be_continued(bool streamed)
    {
        await using var served = await Served.ByChatAsync();

        var first = await AnswerAsync(served, """{"model":"m","input":"One","store":false}""", streamed);

        Assert.False(first["store"]!.GetValue<bool>());
        await AssertNotFoundAsync(served, first.Id());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_failed_cannot_be_continued(bool native)
    {
        await using var served = native
            ? await Served.NativelyAsync(NativeResponses.Failed("server_error", "It broke.", "Half"))
            : await Served.ByChatAsync(Chat.Text("One two three").Take(2));
        var failed = (await served.Gateway.StreamAsync(First)).Final;

        var error = await served.Gateway.RefusedAsync(Next(failed, "Two"));

        Assert.Equal("previous_response_id", error["param"]!.GetValue<string>());
    }

    [Fact]
    public async Task What_is_incomplete_can_be_continued()
    {
        await using var served = await Served.ByChatAsync();
        served.Upstream.Enqueue(Chat.Length("Once upon"), Chat.Text("a time"));

        var first = await served.Gateway.CreateAsync(First);
        var second = await served.Gateway.CreateAsync(Next(first, "Go on"));

        Assert.Equal("a time", second.OutputText());
        Assert.Equal("Once upon", served.Upstream.Requests[1].Json["messages"]![1]!["content"]!.ToString());
    }

    [Fact]
    public async Task Another_tenants_response_does_not_exist()
    {
        await using var served = await Served.ByChatAsync(null, null, new KeyIsTenant());
        var theirs = await served.Gateway.CreateAsync(First, key: "alice");

        Assert.Equal("completed", (await served.Gateway.CreateAsync(Next(theirs, "Two"), key: "alice")).Status());
        await AssertNotFoundAsync(served, theirs.Id(), key: "bob");
    }

    [Fact]
    public async Task A_reference_stands_for_an_item_of_the_chain()
    {
        await using var served = await Served.ByChatAsync();
        served.Upstream.Enqueue(Chat.Text("Un"), Chat.Text("Deux"));
        var first = await served.Gateway.CreateAsync(First);
        var item = Assert.Single(first.Items("message")).Id();

        await served.Gateway.CreateAsync(
            $$"""{"model":"m","previous_response_id":"{{first.Id()}}","input":[{"type":"item_reference","id":"{{item}}"},{"role":"user","content":"Two"}]}""");

        Assert.Equal(
            ["One", "Un", "Un", "Two"], served.Upstream.Requests[1].Json["messages"]!.AsArray().Select(message => message!["content"]!.ToString()));
    }

    [Theory]
    [InlineData("""{"type":"item_reference","id":"msg_nowhere"}""")]
    [InlineData("""{"id":"msg_nowhere"}""")]
    public async Task A_reference_to_nothing_is_refused(string reference)
    {
        await using var served = await Served.ByChatAsync();

        var error = await served.Gateway.RefusedAsync($$"""{"model":"m","input":[{{reference}},{"role":"user","content":"Two"}]}""", HttpStatusCode.NotFound);

        Assert.Equal("input", error["param"]!.GetValue<string>());
        Assert.StartsWith("Item with id 'msg_nowhere' not found.", error["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    private static async Task AssertNotFoundAsync(Served served, string id, string? key = null)
    {
        var error = await served.Gateway.RefusedAsync($$"""{"model":"m","input":"Two","previous_response_id":"{{id}}"}""", key: key);
        Assert.Equal("previous_response_not_found", error["code"]!.GetValue<string>());
        Assert.Equal("previous_response_id", error["param"]!.GetValue<string>());
        Assert.Equal("invalid_request_error", error["type"]!.GetValue<string>());
        Assert.Equal($"Previous response with id '{id}' not found.", error["message"]!.GetValue<string>());
    }

    private static async Task<JsonObject> AnswerAsync(Served served, string request, bool streamed) =>
        streamed ? (await served.Gateway.StreamAsync(request)).Final : await served.Gateway.CreateAsync(request);

    private static string Next(JsonObject previous, string input) => $$"""{"model":"m","previous_response_id":"{{previous.Id()}}","input":"{{input}}"}""";
}
