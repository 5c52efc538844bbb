using System.Text.Json.Nodes;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.Responses;

public sealed class ToolCallTests
{
    private const string Request =
        """{"model":"m","input":"Weather?","tools":[{"type":"function","name":"get_weather","parameters":{"type":"object"}},{"type":"function","name":"get_time"}]}""";

    private static readonly ToolCall[] Calls =
    [
        new("call_a", "get_weather", """{"location":"Paris, \"FR\""}"""),
        new("call_b", "get_time", """{"zone":"CET","n":{"deep":[1,2]}}"""),
        new("call_c", "get_weather", """{"location":"Zürich \uD83D\uDE00"}"""),
    ];

    public static TheoryData<string> Styles => ["Fragmented", "Interleaved", "Whole", "Together", "RepeatedId", "FinishesWithStop", "WholeWithIndex", "InterleavedRepeatedId"];

    [Theory]
    [MemberData(nameof(Styles))]
    public async Task Parallel_calls_arrive_whole_however_the_provider_streams_them(string style)
    {
        await using var served = await Served.ByChatAsync(Chat.ToolCalls(StyleOf(style), Calls));

        var stream = await served.Gateway.StreamAsync(Request);

        foreach (var response in (JsonObject[])[await served.Gateway.CreateAsync(Request), stream.Final])
        {
            Assert.Equal("completed", response.Status());
            Assert.Equal(Calls.Length, response["output"]!.AsArray().Count);
            AssertCalls(Calls, response);
        }

        Assert.Equal(Calls.Length, stream.Of("response.function_call_arguments.done").Count);
        Assert.All(stream.Of("response.output_item.added"), added => Assert.NotEmpty(added["item"]!["name"]!.GetValue<string>()));
        Assert.Empty(stream.Of("response.content_part.added"));
    }

    [Fact]
    public async Task Calls_that_all_have_index_0_are_told_apart_by_their_ids()
    {
        await using var served = await Served.ByChatAsync(Script.Sse(
            ChatChunk.Call("""{"index":0,"id":"call_a","type":"function","function":{"name":"get_weather","arguments":""}}"""),
            ChatChunk.Call("""{"index":0,"function":{"arguments":"{\"x\":"}}"""),
            ChatChunk.Call("""{"index":0,"function":{"arguments":"1}"}}"""),
            ChatChunk.Call("""{"index":0,"id":"call_b","type":"function","function":{"name":"get_weather","arguments":"{\"x\":2}"}}"""),
            ChatChunk.Of("{}", "tool_calls")));

        var stream = await served.Gateway.StreamAsync(Request);

        AssertCalls([new("call_a", "get_weather", """{"x":1}"""), new("call_b", "get_weather", """{"x":2}""")], stream.Final);
    }

    [Fact]
    public async Task Fragments_with_neither_index_nor_id_belong_to_the_last_call()
    {
        await using var served = await Served.ByChatAsync(Script.Sse(
            ChatChunk.Call("""{"id":"call_a","type":"function","function":{"name":"get_weather","arguments":"{\"x\""}}"""),
            ChatChunk.Call("""{"function":{"arguments":":1}"}}"""),
            ChatChunk.Call("""{"id":"call_b","type":"function","function":{"name":"get_time","arguments":"{\"y\""}}"""),
            ChatChunk.Call("""{"function":{"arguments":":2}"}}"""),
            ChatChunk.Of("{}", "tool_calls")));

        var stream = await served.Gateway.StreamAsync(Request);

        AssertCalls([new("call_a", "get_weather", """{"x":1}"""), new("call_b", "get_time", """{"y":2}""")], stream.Final);
    }

    [Fact]
    public async Task Text_between_the_fragments_of_a_call_loses_none_of_them()
    {
        await using var served = await Served.ByChatAsync(Script.Sse(
            ChatChunk.Call("""{"index":0,"id":"call_a","type":"function","function":{"name":"get_weather","arguments":"{\"x\""}}"""),
            ChatChunk.Of("""{"content":"Looking."}"""),
            ChatChunk.Call("""{"index":0,"function":{"arguments":":1}"}}"""),
            ChatChunk.Of("{}", "tool_calls")));

        var stream = await served.Gateway.StreamAsync(Request);

        AssertCalls([new("call_a", "get_weather", """{"x":1}""")], stream.Final);
        Assert.Equal("Looking.", stream.Final.OutputText());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    public async Task A_call_without_arguments_has_an_empty_object(string arguments)
    {
        await using var served = await Served.ByChatAsync(Chat.ToolCalls(new ToolCall("call_a", "get_time", arguments)));

        foreach (var response in (JsonObject[])[await served.Gateway.CreateAsync(Request), (await served.Gateway.StreamAsync(Request)).Final])
            Assert.Equal("{}", Assert.Single(response.Items("function_call"))["arguments"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_call_without_an_id_gets_one()
    {
        await using var served = await Served.ByChatAsync(Script.Sse(
            ChatChunk.Call("""{"index":0,"type":"function","function":{"name":"get_time","arguments":"{}"}}"""), ChatChunk.Of("{}", "tool_calls")));

        var call = Assert.Single((await served.Gateway.StreamAsync(Request)).Final.Items("function_call"));

        Assert.StartsWith("call_", call["call_id"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_before_calls_is_a_message_that_is_done_before_them()
    {
        await using var served = await Served.ByChatAsync(Chat.Reply(new ChatTurn { Text = "Let me look.", ToolCalls = Calls }));

        var stream = await served.Gateway.StreamAsync(Request);

        foreach (var response in (JsonObject[])[await served.Gateway.CreateAsync(Request), stream.Final])
        {
            Assert.Equal("message", response["output"]![0]!["type"]!.GetValue<string>());
            Assert.Equal("Let me look.", response.OutputText());
            AssertCalls(Calls, response);
        }

        var done = stream.Events.First(e => e["type"]!.GetValue<string>() == "response.output_item.done");
        var firstCall = stream.Events.First(e => e["item"]?["type"]?.GetValue<string>() == "function_call");
        Assert.True(done["sequence_number"]!.GetValue<int>() < firstCall["sequence_number"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_custom_tool_gets_its_free_text()
    {
        await using var served = await Served.ByChatAsync(Script.Sse(
            ChatChunk.Call("""{"index":0,"id":"call_a","type":"custom","custom":{"name":"run","input":"print("}}"""),
            ChatChunk.Call("""{"index":0,"custom":{"input":"1)"}}"""),
            ChatChunk.Of("{}", "tool_calls")));

        var stream = await served.Gateway.StreamAsync("""{"model":"m","input":"Go","tools":[{"type":"custom","name":"run"}]}""", isStandard: false);

        Assert.Equal("print(1)", stream.Joined("response.custom_tool_call_input.delta"));
        Assert.Equal("print(1)", Assert.Single(stream.Final.Items("custom_tool_call"))["input"]!.GetValue<string>());
    }

    private static void AssertCalls(IReadOnlyList<ToolCall> expected, JsonObject response)
    {
        var calls = response.Items("function_call");
        Assert.Equal(expected.Select(call => (call.Id, call.Name)), calls.Select(call => (call["call_id"]!.GetValue<string>(), call["name"]!.GetValue<string>())));
        Assert.Equal(expected.Select(call => call.Arguments), calls.Select(call => call["arguments"]!.GetValue<string>()));
        Assert.All(calls, call => Assert.Equal("completed", call["status"]!.GetValue<string>()));
    }

    private static ToolCallStyle StyleOf(string name) => name switch
    {
        "Fragmented" => ToolCallStyle.Fragmented,
        "Interleaved" => ToolCallStyle.Interleaved,
        "Whole" => ToolCallStyle.Whole,
        "Together" => ToolCallStyle.Together,
        "RepeatedId" => ToolCallStyle.RepeatedId,
        "FinishesWithStop" => ToolCallStyle.FinishesWithStop,
        "WholeWithIndex" => ToolCallStyle.Whole with { WithIndex = true },
        _ => ToolCallStyle.Interleaved with { RepeatId = true },
    };
}
