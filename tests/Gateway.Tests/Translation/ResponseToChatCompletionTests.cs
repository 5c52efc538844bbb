using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using AiGateway.Protocol;
using AiGateway.Providers;
using AiGateway.Translation;
using Xunit;

namespace AiGateway.Tests.Translation;

/// <summary>The chat completion that a response becomes.</summary>
public sealed class ResponseToChatCompletionTests
{
    internal static JsonObject Translate(string response, ChatAnswerForm form = default)
    {
        var output = new ArrayBufferWriter<byte>();
        ResponseToChatCompletion.Write(output, Encoding.UTF8.GetBytes(response), form);
        return JsonNode.Parse(output.WrittenSpan)!.AsObject();
    }

    private static JsonNode Choice(string items, string more = "\"status\":\"completed\"", ChatAnswerForm form = default) =>
        Translate($$"""{"id":"resp_1","model":"m",{{more}},"output":[{{items}}]}""", form)["choices"]![0]!;

    private const string Text = """{"type":"message","id":"msg_1","role":"assistant","status":"completed","content":[{"type":"output_text","text":"Hi \"é\"","annotations":[],"logprobs":[]}]}""";
    private const string Call = """{"type":"function_call","id":"fc_1","call_id":"c1","name":"f","arguments":"{\"a\":1}","status":"completed"}""";

    [Fact]
    public void A_whole_answer()
    {
        var chat = Translate($$$"""
            {"id":"resp_abc","object":"response","created_at":12.0,"model":"gpt-x","status":"completed","service_tier":"default","output":[{{{Text}}}],
             "usage":{"input_tokens":10,"input_tokens_details":{"cached_tokens":4},"output_tokens":5,"output_tokens_details":{"reasoning_tokens":3},"total_tokens":15}}
            """);
        ResponsesToChatTests.Same(
            """
            {"id":"chatcmpl-abc","object":"chat.completion","created":12,"model":"gpt-x",
             "choices":[{"index":0,"message":{"role":"assistant","content":"Hi \"é\"","refusal":null},"logprobs":null,"finish_reason":"stop"}],
             "usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":3}},
             "service_tier":"default"}
            """,
            chat);
    }

    [Theory]
    [InlineData("\"status\":\"completed\"", "stop")]
    [InlineData("\"status\":\"incomplete\",\"incomplete_details\":{\"reason\":\"max_output_tokens\"}", "length")]
    [InlineData("\"status\":\"incomplete\",\"incomplete_details\":{\"reason\":\"content_filter\"}", "content_filter")]
    [InlineData("\"status\":\"incomplete\"", "length")]
    public void Why_it_stopped(string status, string reason) => Assert.Equal(reason, Choice(Text, status)["finish_reason"]!.GetValue<string>());

    [Fact]
    public void Calls()
    {
        var choice = Choice($$"""{{Call}},{"type":"custom_tool_call","call_id":"c2","name":"g","input":"x"}""");
        ResponsesToChatTests.Same(
            """{"role":"assistant","content":null,"refusal":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}},{"id":"c2","type":"custom","custom":{"name":"g","input":"x"}}]}""",
            choice["message"]);
        Assert.Equal("tool_calls", choice["finish_reason"]!.GetValue<string>());
        var cut = Choice(Call, "\"status\":\"incomplete\",\"incomplete_details\":{\"reason\":\"max_output_tokens\"}");
        Assert.Equal("length", cut["finish_reason"]!.GetValue<string>());
        var older = Choice(Call, form: new ChatAnswerForm(false, true));
        ResponsesToChatTests.Same("""{"role":"assistant","content":null,"refusal":null,"function_call":{"name":"f","arguments":"{\"a\":1}"}}""", older["message"]);
        Assert.Equal("function_call", older["finish_reason"]!.GetValue<string>());
    }

    [Fact]
    public void Reasoning_refusal_and_several_texts()
    {
        const string thought = """{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"s1"},{"type":"summary_text","text":"s2"}],"encrypted_content":"e"}""";
        const string raw = """{"type":"reasoning","id":"rs_2","summary":[{"type":"summary_text","text":"s"}],"content":[{"type":"reasoning_text","text":"raw"}]}""";
        ResponsesToChatTests.Same(
            """{"role":"assistant","content":"Hi \"é\"Hi \"é\"","refusal":"no","reasoning_content":"s1\n\ns2\n\nraw"}""",
            Choice($$$"""{{{thought}}},{{{raw}}},{{{Text}}},{{{Text}}},{"type":"web_search_call","id":"w"},{"type":"message","role":"assistant","content":[{"type":"refusal","refusal":"no"}]}""")["message"]);
        ResponsesToChatTests.Same("""{"role":"assistant","content":null,"refusal":null}""", Choice("")["message"]);
    }

    [Fact]
    public void Logprobs_and_annotations()
    {
        var choice = Choice("""
            {"type":"message","role":"assistant","content":[
             {"type":"output_text","text":"aé😀","annotations":[{"type":"url_citation","url":"u","title":"t","start_index":0,"end_index":1},{"type":"file_citation","file_id":"f"}],"logprobs":[{"token":"a","logprob":-1,"bytes":[97],"top_logprobs":[]}]},
             {"type":"output_text","text":"b","annotations":[{"type":"url_citation","url":"v","title":"w","start_index":0,"end_index":1}],"logprobs":[{"token":"b","logprob":-2,"bytes":[98],"top_logprobs":[]}]}]}
            """);
        ResponsesToChatTests.Same("""{"content":[{"token":"a","logprob":-1,"bytes":[97],"top_logprobs":[]},{"token":"b","logprob":-2,"bytes":[98],"top_logprobs":[]}],"refusal":null}""", choice["logprobs"]);
        ResponsesToChatTests.Same(
            """[{"type":"url_citation","url_citation":{"start_index":0,"end_index":1,"url":"u","title":"t"}},{"type":"url_citation","url_citation":{"start_index":4,"end_index":5,"url":"v","title":"w"}}]""",
            choice["message"]!["annotations"]);
    }

    [Theory]
    [InlineData("""{"code":"server_error","message":"bad"}""", 500, "server_error", "server_error")]
    [InlineData("""{"code":"rate_limit_exceeded","message":"bad"}""", 429, "rate_limit_error", "rate_limit_exceeded")]
    [InlineData("""{"code":"invalid_prompt","message":"bad"}""", 400, "invalid_request_error", "invalid_prompt")]
    public void A_failed_response_is_an_error(string error, int status, string type, string code)
    {
        var got = Assert.Throws<GatewayException>(() => Translate($$"""{"status":"failed","error":{{error}},"output":[]}""")).Error;
        Assert.Equal((status, type, code, "bad"), (got.Status, got.Type, got.Code, got.Message));
    }

    [Fact]
    public void A_cancelled_response_is_an_error() =>
        Assert.Equal("The response was cancelled.", Assert.Throws<GatewayException>(() => Translate("""{"status":"cancelled","error":null,"output":[]}""")).Error.Message);

    [Theory]
    [InlineData("""{"status":"queued","output":[]}""")]
    [InlineData("""{"status":"completed"}""")]
    [InlineData("""{"status":"completed","output":5}""")]
    [InlineData("[1]")]
    [InlineData("<html>")]
    public void What_is_no_finished_response_is_the_providers_fault(string body) =>
        Assert.Equal(ProviderFailure.InvalidAnswer, Assert.Throws<ProviderException>(() => Translate(body)).Failure);
}
