using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.BadProviders;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.AspNetCore.Tests.Responses;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.Reference;

/// <summary>What the reference product gets wrong of <c>/v1/responses</c>, the right way round. <see cref="ResponseStreamChecker"/> checks each stream besides.</summary>
public sealed class ResponsesBugs
{
    private const string Weather = """{"type":"function","name":"get_weather","description":"d","parameters":{"type":"object","properties":{},"required":[],"additionalProperties":false},"strict":true}""";

    [Fact]
    public Task Sequence_numbers_neither_restart_nor_repeat() => StreamAsync(Chat.Text("One two three"), stream =>
        Assert.Equal(Enumerable.Range(0, stream.Events.Count), stream.Events.Select(e => e["sequence_number"]!.GetValue<int>())));

    [Fact]
    public Task Done_events_are_full() => StreamAsync(Chat.Text("One two three"), stream =>
    {
        Assert.Equal("One two three", Assert.Single(stream.Of("response.output_text.done"))["text"]!.GetValue<string>());
        Assert.Equal("One two three", Assert.Single(stream.Of("response.output_item.done"))["item"]!["content"]![0]!["text"]!.GetValue<string>());
    });

    [Fact]
    public Task There_is_a_content_part_done() => StreamAsync(Chat.Text("One two three"), stream =>
        Assert.Equal("One two three", Assert.Single(stream.Of("response.content_part.done"))["part"]!["text"]!.GetValue<string>()));

    [Fact]
    public Task The_completed_event_has_output_and_usage() => StreamAsync(Chat.Text("One two three"), stream =>
    {
        Assert.Equal("One two three", stream.Final.OutputText());
        Assert.Equal(17, stream.Final["usage"]!["total_tokens"]!.GetValue<int>());
    });

    [Fact]
    public Task A_provider_that_ends_early_is_a_failure() => new BrokenStreamTests().An_end_too_early("responses stream");

    [Fact]
    public Task A_finish_by_length_is_incomplete() => StreamAsync(Chat.Length("One two"), stream =>
    {
        Assert.Equal("response.incomplete", stream.Types[^1]);
        Assert.Equal("max_output_tokens", stream.Final["incomplete_details"]!["reason"]!.GetValue<string>());
    });

    [Fact]
    public Task A_failure_is_told_as_response_failed() => new BrokenStreamTests().A_reported_error("responses stream");

    [Fact]
    public async Task Tools_and_all_that_shapes_an_answer_reach_the_provider()
    {
        await using var served = await Served.ByChatAsync();
        await served.Gateway.CreateAsync($$"""
            {"model":"m","input":"Hi","instructions":"Be brief.","tools":[{{Weather}}],"tool_choice":{"type":"function","name":"get_weather"},"parallel_tool_calls":false,
             "text":{"format":{"type":"json_schema","name":"s","schema":{"type":"object","properties":{},"required":[],"additionalProperties":false},"strict":true} },
             "reasoning":{"effort":"low"},"max_output_tokens":50,"temperature":0.5,"top_p":0.5}
            """, isStandard: false);

        var sent = served.Upstream.Requests.Single().Json;
        Assert.Equal("Be brief.", sent["messages"]![0]!["content"]!.GetValue<string>());
        Assert.Equal("get_weather", sent["tools"]![0]!["function"]!["name"]!.GetValue<string>());
        Assert.Equal("get_weather", sent["tool_choice"]!["function"]!["name"]!.GetValue<string>());
        Assert.False(sent["parallel_tool_calls"]!.GetValue<bool>());
        Assert.Equal("json_schema", sent["response_format"]!["type"]!.GetValue<string>());
        Assert.Equal("low", sent["reasoning_effort"]!.GetValue<string>());
        Assert.Equal(50, sent["max_completion_tokens"]!.GetValue<int>());
    }

    [Fact]
    public Task A_function_call_is_a_function_call() => StreamAsync(Chat.ToolCalls(new ToolCall("call_1", "get_weather", """{"a":1}""")), stream =>
    {
        var call = Assert.Single(stream.Final.Items("function_call"));
        Assert.Equal(("call_1", "get_weather", """{"a":1}"""), (call["call_id"]!.GetValue<string>(), call["name"]!.GetValue<string>(), call["arguments"]!.GetValue<string>()));
        Assert.Empty(stream.Final.Items("message"));
        Assert.Equal("""{"a":1}""", stream.Joined("response.function_call_arguments.delta"));
    });

    [Fact]
    public async Task A_previous_response_is_built_upon()
    {
        await using var served = await Served.ByChatAsync();
        var first = await served.Gateway.CreateAsync("""{"model":"m","input":"My name is Ada."}""");

        await served.Gateway.CreateAsync($$"""{"model":"m","input":"Who am I?","previous_response_id":"{{first.Id()}}"}""");

        var messages = served.Upstream.Requests[1].Json["messages"]!.AsArray();
        Assert.Equal(["user", "assistant", "user"], messages.Select(m => m!["role"]!.GetValue<string>()));
        Assert.Contains("Ada", messages[0]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_asked_is_echoed()
    {
        await using var served = await Served.ByChatAsync();
        var response = await served.Gateway.CreateAsync($$$"""
            {"model":"m","input":"Hi","instructions":"Be brief.","temperature":0.5,"top_p":0.25,"max_output_tokens":50,"metadata":{"a":"b"},"tool_choice":"none","tools":[{{{Weather}}}],"store":false}
            """);

        Assert.Equal("Be brief.", response["instructions"]!.GetValue<string>());
        Assert.Equal((0.5, 0.25, 50), (response["temperature"]!.GetValue<double>(), response["top_p"]!.GetValue<double>(), response["max_output_tokens"]!.GetValue<int>()));
        Assert.Equal(("b", "none", false), (response["metadata"]!["a"]!.GetValue<string>(), response["tool_choice"]!.GetValue<string>(), response["store"]!.GetValue<bool>()));
        Assert.Equal("get_weather", response["tools"]![0]!["name"]!.GetValue<string>());
    }

    [Fact]
    public async Task Items_of_every_type_are_taken_with_or_without_their_type()
    {
        await using var served = await Served.ByChatAsync();
        await served.Gateway.CreateAsync("""
            {"model":"m","input":[{"role":"user","content":"Hi"},{"type":"message","role":"user","content":[{"type":"input_text","text":"there"}]},
             {"type":"function_call","call_id":"call_1","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"call_1","output":"42"}]}
            """);

        var messages = served.Upstream.Requests.Single().Json["messages"]!.AsArray();
        Assert.Equal("tool", messages[^1]!["role"]!.GetValue<string>());
        Assert.Equal("42", messages[^1]!["content"]!.GetValue<string>());
        Assert.Equal("f", messages[^2]!["tool_calls"]![0]!["function"]!["name"]!.GetValue<string>());
    }

    private static async Task StreamAsync(Script script, Action<ResponseStream> check)
    {
        await using var served = await Served.ByChatAsync(script);
        check(await served.Gateway.StreamAsync(Served.Hello));
    }
}
