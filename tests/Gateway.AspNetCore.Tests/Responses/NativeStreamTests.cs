using System.Text.Json.Nodes;
using AiGateway.Configuration;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.Responses;

/// <summary>Streams of a provider that itself speaks the Responses API, whatever it does with them.</summary>
public sealed class NativeStreamTests
{
    [Theory]
    [InlineData("response.reasoning", GatewayOptions.OpenResponsesNames, "response.reasoning")]
    [InlineData("response.reasoning_text", GatewayOptions.OpenResponsesNames, "response.reasoning")]
    [InlineData("response.reasoning", GatewayOptions.OpenAiNames, "response.reasoning_text")]
    [InlineData("response.reasoning_text", GatewayOptions.OpenAiNames, "response.reasoning_text")]
    public async Task Reasoning_events_are_named_by_the_setting(string theirs, string setting, string ours)
    {
        await using var served = await Served.NativelyAsync(
            NativeResponses.Reply(new NativeReasoning { Content = "One and one.", Summary = "I count.", ContentEvent = theirs }, new NativeMessage("Two.")),
            options => options with { ReasoningEvents = setting });

        var stream = await served.Gateway.StreamAsync(Served.Hello, isStandard: setting == GatewayOptions.OpenResponsesNames);

        Assert.Equal("One and one.", stream.Joined(ours + ".delta"));
        Assert.Equal("One and one.", Assert.Single(stream.Of(ours + ".done"))["text"]!.GetValue<string>());
        Assert.Equal("I count.", stream.Joined("response.reasoning_summary_text.delta"));
    }

    [Fact]
    public async Task Refusals_logprobs_and_incomplete_answers_pass()
    {
        await using var served = await Served.NativelyAsync();
        served.Upstream.Enqueue(NativeResponses.Refusal("I will not."), NativeResponses.Logprobs("Hi there"), NativeResponses.Length("Once upon"), NativeResponses.ContentFilter("Once"));

        Assert.Equal("I will not.", (await served.Gateway.StreamAsync(Served.Hello)).Joined("response.refusal.delta"));
        Assert.Equal(2, (await served.Gateway.StreamAsync(Served.Hello)).Final["output"]![0]!["content"]![0]!["logprobs"]!.AsArray().Count);
        Assert.Equal("max_output_tokens", (await served.Gateway.StreamAsync(Served.Hello)).Final["incomplete_details"]!["reason"]!.GetValue<string>());
        Assert.Equal("content_filter", (await served.Gateway.StreamAsync(Served.Hello)).Final["incomplete_details"]!["reason"]!.GetValue<string>());
    }

    [Fact]
    public async Task Sequence_numbers_are_ours()
    {
        var (created, added, completed) = (Life("created", "in_progress"), Life("in_progress", "in_progress"), Life("completed", "completed"));
        await using var served = await Served.NativelyAsync(Script.Sse()
            .SendEvent("response.created", created.Replace("\"sequence_number\":0", "\"sequence_number\":17", StringComparison.Ordinal))
            .SendEvent("response.in_progress", added.Replace("\"sequence_number\":0,", "", StringComparison.Ordinal))
            .SendEvent("response.completed", completed));

        var stream = await served.Gateway.StreamAsync(Served.Hello);

        Assert.Equal([0, 1, 2], stream.Events.Select(streamed => streamed["sequence_number"]!.GetValue<int>()));
    }

    [Fact]
    public async Task Keys_that_the_provider_leaves_out_are_filled_in()
    {
        await using var served = await Served.NativelyAsync(Script.ByStream(
            Script.Json("""{"id":"resp_x","object":"response","status":"completed","output":[]}"""),
            Script.Sse().SendEvent("response.completed", Life("completed", "completed"))));

        await served.Gateway.CreateAsync(Served.Hello);
        var stream = await served.Gateway.StreamAsync(Served.Hello);

        Assert.Equal(["response.created", "response.in_progress", "response.completed"], stream.Types);
    }

    [Fact]
    public async Task A_stream_that_skips_in_progress_gets_one()
    {
        await using var served = await Served.NativelyAsync(Script.Sse()
            .SendEvent("response.created", Life("created", "in_progress"))
            .SendEvent("response.completed", Life("completed", "completed")));

        Assert.Equal(["response.created", "response.in_progress", "response.completed"], (await served.Gateway.StreamAsync(Served.Hello)).Types);
    }

    [Fact]
    public async Task Hosted_tools_items_and_unknown_events_pass()
    {
        const string Item = """{"id":"ws_1","type":"web_search_call","status":"STATUS","action":{"type":"search","query":"weather"}}""";
        await using var served = await Served.NativelyAsync(Script.Sse()
            .SendEvent("response.created", Life("created", "in_progress"))
            .SendEvent("response.in_progress", Life("in_progress", "in_progress"))
            .SendEvent("response.output_item.added", $$"""{"type":"response.output_item.added","sequence_number":2,"output_index":0,"item":{{Item.Replace("STATUS", "in_progress")}}}""")
            .SendEvent("response.web_search_call.searching", """{"type":"response.web_search_call.searching","sequence_number":3,"output_index":0,"item_id":"ws_1"}""")
            .SendEvent("acme:trace", """{"type":"acme:trace","sequence_number":4,"depth":{"a":[1]}}""")
            .SendEvent("response.output_item.done", $$"""{"type":"response.output_item.done","sequence_number":5,"output_index":0,"item":{{Item.Replace("STATUS", "completed")}}}""")
            .SendEvent("response.completed", Life("completed", "completed", Item.Replace("STATUS", "completed"))));

        var stream = await served.Gateway.StreamAsync("""{"model":"m","input":"Hello","tools":[{"type":"web_search","search_context_size":"low"}]}""", isStandard: false);

        var item = Assert.Single(stream.Final.Items("web_search_call"));
        Assert.Equal("weather", item["action"]!["query"]!.GetValue<string>());
        Assert.Equal(item.Id(), Assert.Single(stream.Of("response.web_search_call.searching"))["item_id"]!.GetValue<string>());
        Assert.Equal("""{"a":[1]}""", Assert.Single(stream.Of("acme:trace"))["depth"]!.ToJsonString());
        Assert.Equal("""[{"type":"web_search","search_context_size":"low"}]""", served.Upstream.Requests[0].Json["tools"]!.ToJsonString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_failure_is_told_once_with_an_error_before_it(bool withErrorEvent)
    {
        await using var served = await Served.NativelyAsync(NativeResponses.Reply(new NativeTurn
        {
            Items = [new NativeMessage("Half an")],
            ErrorCode = "server_error",
            ErrorMessage = "It broke.",
            ErrorEvent = withErrorEvent,
        }));

        var stream = await served.Gateway.StreamAsync(Served.Hello);

        Assert.Equal(["error", "response.failed"], stream.Types.TakeLast(2));
        Assert.Equal("It broke.", stream.Final["error"]!["message"]!.GetValue<string>());
        Assert.Equal("failed", (await served.Gateway.CreateAsync(Served.Hello)).Status());
    }

    [Theory]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(10)]
    public async Task An_error_event_without_an_end_fails_the_response_once(int events)
    {
        await using var served = await Served.NativelyAsync(NativeResponses.Text("One two three").Take(events)
            .SendEvent("error", """{"type":"error","code":"rate_limit_exceeded","message":"Slow down.","param":null,"sequence_number":9}"""));

        var stream = await served.Gateway.StreamAsync(Served.Hello);

        Assert.Equal("rate_limit_exceeded", stream.Final["error"]!["code"]!.GetValue<string>());
        Assert.Equal("Slow down.", stream.Events[^2]["message"]!.GetValue<string>());
    }

    [Theory]
    [InlineData(1, "close")]
    [InlineData(2, "reset")]
    [InlineData(5, "close")]
    [InlineData(6, "garbage")]
    [InlineData(10, "close")]
    public async Task A_stream_that_breaks_fails_the_response(int events, string how)
    {
        var begun = NativeResponses.Text("One two three").Take(events);
        await using var served = await Served.NativelyAsync(how switch { "close" => begun, "reset" => begun.Abort(), _ => begun.Garbage() });

        var stream = await served.Gateway.StreamAsync(Served.Hello);

        Assert.Equal(["error", "response.failed"], stream.Types.TakeLast(2));
        Assert.DoesNotContain(served.Upstream.Address.Port.ToString(), stream.Final.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_whole_response_in_place_of_a_stream_is_streamed_all_the_same()
    {
        const string Output =
            """
            {"id":"rs_1","type":"reasoning","summary":[{"type":"summary_text","text":"I count."}],"content":[{"type":"reasoning_text","text":"One and one."}]},
            {"id":"msg_1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"Two, I say.","annotations":[{"type":"url_citation","url":"https://example.com/","title":"T","start_index":0,"end_index":1}]},{"type":"refusal","refusal":"No."}]},
            {"id":"fc_1","type":"function_call","call_id":"call_a","name":"f","arguments":"{\"x\":1}","status":"completed"}
            """;
        await using var served = await Served.NativelyAsync(Script.Json(JsonNode.Parse(Life("completed", "completed", Output))!["response"]!));

        var stream = await served.Gateway.StreamAsync(Served.Hello);

        Assert.Equal("Two, I say.", stream.Joined("response.output_text.delta"));
        Assert.Equal("No.", stream.Joined("response.refusal.delta"));
        Assert.Equal("I count.", stream.Joined("response.reasoning_summary_text.delta"));
        Assert.Equal("One and one.", stream.Joined("response.reasoning.delta"));
        Assert.Equal("""{"x":1}""", stream.Joined("response.function_call_arguments.delta"));
        Assert.Equal(3, stream.Final["output"]!.AsArray().Count);
    }

    [Fact]
    public async Task Nulls_and_gaps_that_some_servers_have_are_put_right()
    {
        const string Output =
            """
            {"id":"rs_1","type":"reasoning","summary":[],"content":null,"encrypted_content":null,"status":null},
            {"id":"msg_1","type":"message","status":"completed","role":"assistant","phase":null,"content":[{"type":"output_text","text":"Two.","annotations":[],"logprobs":null}]}
            """;
        var whole = JsonNode.Parse(Life("completed", "completed", Output))!["response"]!.AsObject();
        whole["usage"] = JsonNode.Parse("""{"input_tokens":3,"output_tokens":4,"total_tokens":7}""");
        whole["reasoning"] = JsonNode.Parse("""{"effort":"low"}""");
        await using var served = await Served.NativelyAsync(Script.ByStream(
            Script.Json(whole),
            Script.Sse()
                .SendEvent("response.output_item.added", """{"type":"response.output_item.added","output_index":0,"item":{"id":"msg_1","type":"message","status":"in_progress","role":"assistant","phase":null,"content":[]}}""")
                .SendEvent("response.content_part.added", """{"type":"response.content_part.added","output_index":0,"content_index":0,"item_id":"msg_1","part":{"type":"output_text","text":"","annotations":[],"logprobs":null}}""")
                .SendEvent("response.output_text.delta", """{"type":"response.output_text.delta","output_index":0,"content_index":0,"item_id":"msg_1","delta":"Two.","logprobs":null,"obfuscation":null}""")
                .SendEvent("response.output_text.done", """{"type":"response.output_text.done","output_index":0,"content_index":0,"item_id":"msg_1","text":"Two.","logprobs":null}""")
                .SendEvent("response.content_part.done", """{"type":"response.content_part.done","output_index":0,"content_index":0,"item_id":"msg_1","part":{"type":"output_text","text":"Two.","annotations":[],"logprobs":null}}""")
                .SendEvent("response.output_item.done", """{"type":"response.output_item.done","output_index":0,"item":{"id":"msg_1","type":"message","status":"completed","role":"assistant","phase":null,"content":[{"type":"output_text","text":"Two.","annotations":[],"logprobs":null}]}}""")
                .SendEvent("response.completed", Life("completed", "completed", Output[(Output.IndexOf('\n', StringComparison.Ordinal) + 1)..]))));

        var body = await served.Gateway.CreateAsync(Served.Hello);
        var stream = await served.Gateway.StreamAsync(Served.Hello);

        Assert.Equal(0, body["usage"]!["output_tokens_details"]!["reasoning_tokens"]!.GetValue<int>());
        Assert.Equal("Two.", stream.Final.OutputText());
    }

    [Fact]
    public async Task An_error_in_place_of_a_stream_is_a_status()
    {
        await using var served = await Served.NativelyAsync(Errors.RateLimited(7));

        var error = await served.Gateway.RefusedAsync("""{"model":"m","input":"Hello","stream":true}""", System.Net.HttpStatusCode.TooManyRequests);

        Assert.Equal("rate_limit_exceeded", error["code"]!.GetValue<string>());
    }

    private static string Life(string type, string status, string output = "") =>
        $$$"""{"type":"response.{{{type}}}","sequence_number":0,"response":{"id":"resp_1","object":"response","status":"{{{status}}}","output":[{{{output}}}]}}""";
}
