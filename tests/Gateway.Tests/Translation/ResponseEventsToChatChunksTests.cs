using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using AiGateway.Protocol;
using AiGateway.Providers;
using AiGateway.Translation;
using Xunit;

namespace AiGateway.Tests.Translation;

/// <summary>The chunks that a stream of response events becomes, whichever of the events a provider leaves out.</summary>
public sealed class ResponseEventsToChatChunksTests
{
    private const string Created = """{"type":"response.created","sequence_number":0,"response":{"id":"resp_abc","created_at":7,"model":"gpt-x","status":"in_progress","output":[]}}""";
    private const string Completed = """{"type":"response.completed","response":{"id":"resp_abc","status":"completed","output":[],"usage":{"input_tokens":1,"output_tokens":2,"total_tokens":3}}}""";

    private static string Delta(string type, string delta, int output = 0, int part = 0) =>
        new JsonObject { ["type"] = type, ["output_index"] = output, ["content_index"] = part, ["delta"] = delta }.ToJsonString();

    private static string Done(string item, int output = 0) => $$"""{"type":"response.output_item.done","output_index":{{output}},"item":{{item}}}""";

    private static string Added(string item, int output = 0) => $$"""{"type":"response.output_item.added","output_index":{{output}},"item":{{item}}}""";

    private static string Terminal(string items, string more = "\"status\":\"completed\"") =>
        $$$"""{"type":"response.completed","response":{"id":"resp_abc",{{{more}}},"output":[{{{items}}}]}}""";

    private static string Message(string text) =>
        new JsonObject { ["type"] = "message", ["id"] = "msg_1", ["role"] = "assistant", ["content"] = new JsonArray(new JsonObject { ["type"] = "output_text", ["text"] = text }) }.ToJsonString();

    private static (List<JsonNode> Chunks, ResponseEventsToChatChunks Stream, string Text) Run(ChatAnswerForm form, params string[] events)
    {
        var stream = new ResponseEventsToChatChunks(form, "asked");
        var output = new ArrayBufferWriter<byte>();
        foreach (var data in events)
            stream.OnEvent(null, Encoding.UTF8.GetBytes(data), output);
        if (!stream.IsFinished)
            stream.OnEnd(output);
        var text = Encoding.UTF8.GetString(output.WrittenSpan);
        var frames = text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.All(frames, frame => Assert.StartsWith("data: ", frame, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', string.Concat(frames));
        return ([.. frames.Where(f => f != "data: [DONE]").Select(f => JsonNode.Parse(f[6..])!)], stream, text);
    }

    private static List<JsonNode> Deltas(params string[] events) =>
        [.. Run(default, events).Chunks.Where(c => c["choices"] is JsonArray { Count: 1 }).Select(c => c["choices"]![0]!["delta"]!)];

    private static string Joined(string field, params string[] events) =>
        string.Concat(Deltas(events).Select(d => d[field]?.GetValue<string>() ?? ""));

    [Fact]
    public void A_text_stream()
    {
        var (chunks, stream, text) = Run(
            new ChatAnswerForm(IncludeUsage: true, LegacyFunctions: false),
            Created,
            Added("""{"type":"message","id":"msg_1","status":"in_progress","role":"assistant","content":[]}"""),
            Delta("response.output_text.delta", "Hé"),
            Delta("response.output_text.delta", "\"\n😀"),
            """{"type":"response.output_text.done","output_index":0,"content_index":0,"text":"Hé\"\n😀"}""",
            Done(Message("Hé\"\n😀")),
            Completed);
        string[] expected =
        [
            """{"id":"chatcmpl-abc","object":"chat.completion.chunk","created":7,"model":"gpt-x","choices":[{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}],"usage":null}""",
            """{"id":"chatcmpl-abc","object":"chat.completion.chunk","created":7,"model":"gpt-x","choices":[{"index":0,"delta":{"content":"Hé"},"logprobs":null,"finish_reason":null}],"usage":null}""",
            """{"id":"chatcmpl-abc","object":"chat.completion.chunk","created":7,"model":"gpt-x","choices":[{"index":0,"delta":{"content":"\"\n😀"},"logprobs":null,"finish_reason":null}],"usage":null}""",
            """{"id":"chatcmpl-abc","object":"chat.completion.chunk","created":7,"model":"gpt-x","choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}],"usage":null}""",
            """{"id":"chatcmpl-abc","object":"chat.completion.chunk","created":7,"model":"gpt-x","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,"prompt_tokens_details":{"cached_tokens":0},"completion_tokens_details":{"reasoning_tokens":0}}}""",
        ];
        Assert.Equal(expected.Length, chunks.Count);
        for (var i = 0; i < expected.Length; i++)
            ResponsesToChatTests.Same(expected[i], chunks[i]);
        Assert.EndsWith("data: [DONE]\n\n", text, StringComparison.Ordinal);
        Assert.Equal(new TokenUsage(1, 2, 3), stream.Usage);
        Assert.Null(stream.Error);
    }

    [Fact]
    public void Usage_is_counted_but_not_told_to_who_did_not_ask()
    {
        var (chunks, stream, _) = Run(default, Created, Completed);
        Assert.All(chunks, chunk => Assert.False(chunk.AsObject().ContainsKey("usage")));
        Assert.Equal(3, stream.Usage!.Value.TotalTokens);
    }

    [Fact]
    public void Text_said_only_at_the_end_is_not_lost_nor_said_twice()
    {
        Assert.Equal("whole", Joined("content", Created, Done(Message("whole")), Terminal(Message("whole"))));
        Assert.Equal("whole", Joined("content", Created, Terminal(Message("whole"))));
        Assert.Equal("whole", Joined("content", Created, """{"type":"response.output_text.done","output_index":0,"content_index":0,"text":"whole"}""", Terminal(Message("whole"))));
        Assert.Equal("whole", Joined("content", Created, """{"type":"response.content_part.added","output_index":0}""", Delta("response.output_text.delta", "w"), """{"type":"response.content_part.done","output_index":0,"content_index":0,"part":{"type":"output_text","text":"whole"}}""", Completed));
        Assert.Equal("w\\h\"é😀e", Joined("content", Created, Delta("response.output_text.delta", "w\\h\"é"), Terminal(Message("w\\h\"é😀e"))));
        Assert.Equal("whole", Joined("content", Created, Delta("response.output_text.delta", "wh"), Terminal(Message("whole"))));
        Assert.Equal("onetwo", Joined("content", Created, Done(Message("one")), Done(Message("two").Replace("msg_1", "msg_2", StringComparison.Ordinal), 1), Completed));

        // The final list leaves the reasoning out, so that the message stands at another index.
        Assert.Equal("whole", Joined(
            "content",
            Created,
            Done("""{"type":"reasoning","id":"rs_1","summary":[]}"""),
            Added("""{"type":"message","id":"msg_1","content":[]}""", 1),
            Delta("response.output_text.delta", "whole", 1),
            Terminal(Message("whole"))));
    }

    [Theory]
    [InlineData("response.reasoning_text.delta")]
    [InlineData("response.reasoning.delta")]
    [InlineData("response.reasoning_summary_text.delta")]
    public void Reasoning_in_every_dialect(string type)
    {
        var part = type.Contains("summary", StringComparison.Ordinal) ? "\"summary\":[{\"type\":\"summary_text\",\"text\":\"think hard\"}]" : "\"summary\":[],\"content\":[{\"type\":\"reasoning_text\",\"text\":\"think hard\"}]";
        var item = $$"""{"type":"reasoning","id":"rs_1",{{part}}}""";
        Assert.Equal("think hard", Joined("reasoning_content", Created, Delta(type, "think "), Delta(type, "hard"), Done(item), Terminal(item)));
        Assert.Equal("think hard", Joined("reasoning_content", Created, Delta(type, "thi"), Done(item), Terminal(item)));
        Assert.Equal("think hard", Joined("reasoning_content", Created, Done(item), Terminal(item)));
        Assert.Equal("think hard", Joined("reasoning_content", Created, Terminal(item)));
    }

    [Fact]
    public void Parts_of_a_summary_stay_apart_and_raw_text_is_not_said_twice_in_short()
    {
        const string item = """{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"a"},{"type":"summary_text","text":"b"}],"content":[{"type":"reasoning_text","text":"raw"}]}""";
        Assert.Equal("a\n\nb", Joined(
            "reasoning_content",
            Created,
            """{"type":"response.reasoning_summary_text.delta","output_index":0,"summary_index":0,"delta":"a"}""",
            """{"type":"response.reasoning_summary_text.delta","output_index":0,"summary_index":1,"delta":"b"}""",
            Terminal(item)));
        Assert.Equal("raw", Joined("reasoning_content", Created, Terminal(item)));
    }

    [Fact]
    public void Calls_have_their_id_and_name_once_and_an_index_each()
    {
        const string first = """{"type":"function_call","id":"fc_1","call_id":"c1","name":"f","arguments":"{\"a\":1}"}""";
        const string second = """{"type":"custom_tool_call","id":"ct_1","call_id":"c2","name":"g","input":"xy"}""";
        var deltas = Deltas(
            Created,
            Added("""{"type":"function_call","id":"fc_1","call_id":"c1","name":"f","arguments":""}""", 1),
            Delta("response.function_call_arguments.delta", "{\"a\"", 1),
            Delta("response.function_call_arguments.delta", ":1}", 1),
            """{"type":"response.function_call_arguments.done","output_index":1,"arguments":"{\"a\":1}"}""",
            Done(first, 1),
            Added("""{"type":"custom_tool_call","id":"ct_1","call_id":"c2","name":"g","input":""}""", 2),
            Delta("response.custom_tool_call_input.delta", "x", 2),
            Done(second, 2),
            Terminal($$"""{"type":"reasoning","summary":[]},{{first}},{{second}}"""));
        string[] expected =
        [
            """{"role":"assistant","content":null,"refusal":null}""",
            """{"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"f","arguments":""}}]}""",
            """{"tool_calls":[{"index":0,"function":{"arguments":"{\"a\""}}]}""",
            """{"tool_calls":[{"index":0,"function":{"arguments":":1}"}}]}""",
            """{"tool_calls":[{"index":1,"id":"c2","type":"custom","custom":{"name":"g","input":""}}]}""",
            """{"tool_calls":[{"index":1,"custom":{"input":"x"}}]}""",
            """{"tool_calls":[{"index":1,"custom":{"input":"y"}}]}""",
            "{}",
        ];
        Assert.Equal(expected.Length, deltas.Count);
        for (var i = 0; i < expected.Length; i++)
            ResponsesToChatTests.Same(expected[i], deltas[i]);
    }

    [Fact]
    public void A_call_that_comes_only_at_the_end_is_whole()
    {
        const string call = """{"type":"function_call","id":"fc_1","call_id":"c1","name":"f","arguments":"{}"}""";
        foreach (var events in new[] { new[] { Created, Done(call), Completed }, [Created, Terminal(call)], [Created, Delta("response.function_call_arguments.delta", "{}"), Done(call), Terminal(call)] })
        {
            var (chunks, _, _) = Run(default, events);
            Assert.Equal(4, chunks.Count);
            Assert.Equal("c1", chunks[1]["choices"]![0]!["delta"]!["tool_calls"]![0]!["id"]!.GetValue<string>());
            Assert.Equal("{}", chunks[2]["choices"]![0]!["delta"]!["tool_calls"]![0]!["function"]!["arguments"]!.GetValue<string>());
            Assert.Equal("tool_calls", chunks[3]["choices"]![0]!["finish_reason"]!.GetValue<string>());
        }
    }

    [Fact]
    public void The_older_form_tells_one_call()
    {
        const string call = """{"type":"function_call","id":"fc_1","call_id":"c1","name":"f","arguments":"{}"}""";
        var (chunks, _, _) = Run(new ChatAnswerForm(false, true), Created, Done(call), Done(call.Replace("_1", "_2", StringComparison.Ordinal), 1), Completed);
        ResponsesToChatTests.Same("""{"function_call":{"name":"f","arguments":""}}""", chunks[1]["choices"]![0]!["delta"]);
        ResponsesToChatTests.Same("""{"function_call":{"arguments":"{}"}}""", chunks[2]["choices"]![0]!["delta"]);
        Assert.Equal("function_call", chunks[3]["choices"]![0]!["finish_reason"]!.GetValue<string>());
        Assert.Equal(4, chunks.Count);
    }

    [Fact]
    public void Refusals_logprobs_and_annotations()
    {
        Assert.Equal("no way", Joined(
            "refusal",
            Created,
            Delta("response.refusal.delta", "no "),
            """{"type":"response.refusal.done","output_index":0,"content_index":0,"refusal":"no way"}""",
            Terminal("""{"type":"message","content":[{"type":"refusal","refusal":"no way"}]}""")));
        var (chunks, _, _) = Run(
            default,
            Created,
            "{\"type\":\"response.output_text.delta\",\"output_index\":0,\"content_index\":0,\"delta\":\"a\",\"logprobs\":[{\n\"token\":\"a\",\"logprob\":-1,\"bytes\":[97],\"top_logprobs\":[]}]}",
            """{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"b","logprobs":[]}""",
            """{"type":"response.output_text.annotation.added","output_index":0,"content_index":0,"annotation":{"type":"url_citation","url":"u","title":"t","start_index":0,"end_index":1}}""",
            Terminal("""{"type":"message","content":[{"type":"output_text","text":"ab","annotations":[{"type":"url_citation","url":"u","title":"t","start_index":0,"end_index":1},{"type":"url_citation","url":"v","title":"t","start_index":1,"end_index":2}]}]}"""));
        ResponsesToChatTests.Same("""{"content":[{"token":"a","logprob":-1,"bytes":[97],"top_logprobs":[]}],"refusal":null}""", chunks[1]["choices"]![0]!["logprobs"]);
        Assert.Null(chunks[2]["choices"]![0]!["logprobs"]);
        Assert.Equal("u", chunks[3]["choices"]![0]!["delta"]!["annotations"]![0]!["url_citation"]!["url"]!.GetValue<string>());
        Assert.Equal("v", chunks[4]["choices"]![0]!["delta"]!["annotations"]![0]!["url_citation"]!["url"]!.GetValue<string>());
        Assert.Equal(6, chunks.Count);
    }

    [Fact]
    public void Logprobs_that_come_with_the_whole_text_are_told_once()
    {
        const string done = """{"type":"response.output_text.done","output_index":0,"content_index":0,"text":"a","logprobs":[{"token":"a","logprob":-1,"bytes":[97],"top_logprobs":[]}]}""";
        var (chunks, _, _) = Run(default, Created, Delta("response.output_text.delta", "a"), done, done, Completed);
        ResponsesToChatTests.Same("""{"index":0,"delta":{"content":""},"logprobs":{"content":[{"token":"a","logprob":-1,"bytes":[97],"top_logprobs":[]}],"refusal":null},"finish_reason":null}""", chunks[2]["choices"]![0]);
        Assert.Equal(4, chunks.Count);
    }

    [Theory]
    [InlineData("max_output_tokens", "length")]
    [InlineData("content_filter", "content_filter")]
    public void A_response_cut_short(string reason, string finish)
    {
        var (chunks, _, _) = Run(default, Created, $$$"""{"type":"response.incomplete","response":{"status":"incomplete","incomplete_details":{"reason":"{{{reason}}}"},"output":[]}}""");
        Assert.Equal(finish, chunks[^1]["choices"]![0]!["finish_reason"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("""{"type":"error","code":"server_error","message":"bad","param":null}""")]
    [InlineData("""{"type":"error","error":{"type":"server_error","code":"server_error","message":"bad","param":null}}""")]
    [InlineData("""{"type":"response.failed","response":{"status":"failed","error":{"code":"server_error","message":"bad"},"output":[]}}""")]
    public void An_error_ends_the_stream(string failure)
    {
        var (chunks, stream, text) = Run(default, Created, Delta("response.output_text.delta", "a"), failure, Completed);
        Assert.Equal(3, chunks.Count);
        Assert.Equal(new GatewayError(500, "server_error", "server_error", "bad"), stream.Error);
        ResponsesToChatTests.Same("""{"error":{"message":"bad","type":"server_error","param":null,"code":"server_error"}}""", chunks[2]);
        Assert.DoesNotContain("[DONE]", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stream_without_its_end_was_cut_off()
    {
        var (chunks, stream, _) = Run(default, Created, Delta("response.output_text.delta", "a"));
        Assert.Equal("provider_closed", stream.Error!.Code);
        Assert.NotNull(chunks[^1]["error"]);
    }

    [Fact]
    public void A_stream_that_does_not_say_who_it_is_gets_a_name()
    {
        var (chunks, _, _) = Run(default, Delta("response.output_text.delta", "a"), Completed);
        Assert.StartsWith(Ids.ChatCompletion, chunks[0]["id"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("asked", chunks[0]["model"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("[DONE]")]
    [InlineData("[1]")]
    [InlineData("{\"type\":")]
    [InlineData("""{"type":"response.completed"}""")]
    [InlineData("""{"type":"response.output_item.done","item":{"type":"message","content":[{"type":"output_text","text":"x","annotations":[{"type":5}]}],"id":"\ud800"}}""")]
    public void Data_that_is_no_event_is_the_providers_fault(string data) =>
        Assert.Throws<ProviderException>(() => new ResponseEventsToChatChunks(default, "m").OnEvent(null, Encoding.UTF8.GetBytes(data), new ArrayBufferWriter<byte>()));

    [Fact]
    public void Unknown_events_and_senseless_indices_are_passed_over()
    {
        Assert.Equal("a", Joined("content", Created, """{"type":"response.web_search_call.searching","output_index":0}""", """{"type":"acme:x"}""", "{}", Delta("response.output_text.delta", "a", 0, 2_000_000_000), Completed));
    }

    [Fact]
    public void Escaped_and_plain_text_are_of_one_length() => Assert.Equal("é😀b", Joined(
        "content",
        Created,
        """{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"\u00e9\ud83d\ude00"}""",
        Terminal("""{"type":"message","id":"msg_1","content":[{"type":"output_text","text":"é😀b"}]}""")));

    [Fact]
    public void A_pair_split_over_two_deltas_is_counted_right() => Assert.Contains(
        "\"content\":\"b\"",
        Run(
            default,
            Created,
            """{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"\ud83d"}""",
            """{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"\ude00"}""",
            Terminal(Message("😀b"))).Text,
        StringComparison.Ordinal);
}
