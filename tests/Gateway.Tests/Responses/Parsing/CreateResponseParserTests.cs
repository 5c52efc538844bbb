using System.Text;
using AiGateway.Protocol;
using AiGateway.Responses;
using AiGateway.Responses.Parsing;
using Xunit;

namespace AiGateway.Tests.Responses.Parsing;

/// <summary>What a create body may say, and the error for everything else: status, code, param and words.</summary>
public sealed class CreateResponseParserTests
{
    private const string Tool = """{"type":"function","name":"f","parameters":{"type":"object"}}""";

    internal static CreateResponse Parse(string json) => CreateResponseParser.Parse(Encoding.UTF8.GetBytes(json));

    internal static GatewayError Fails(string json) =>
        Assert.Throws<GatewayException>(() => Parse(json).Dispose()).Error;

    /// <summary>A body with these fields beside a model and an input.</summary>
    private static string Body(string fields) => $$"""{"model":"m","input":"hi",{{fields}}}""";

    private static string Items(string items) => $$"""{"model":"m","input":[{{items}}]}""";

    [Fact]
    public void A_string_is_one_user_message()
    {
        using var request = Parse("""{"model":"m","input":"a\n\"b\" é"}""");
        var item = Assert.Single(request.Input);
        Assert.Equal("message", item.Type);
        Assert.Equal("user", item.Json.GetProperty("role").GetString());
        var part = Assert.Single(item.Json.GetProperty("content").EnumerateArray());
        Assert.Equal("input_text", part.GetProperty("type").GetString());
        Assert.Equal("a\n\"b\" é", part.GetProperty("text").GetString());
    }

    [Fact]
    public void Defaults_are_filled_in()
    {
        using var request = Parse("""{"model":"m","input":"x"}""");
        Assert.True(request.Store);
        Assert.False(request.Background);
        Assert.False(request.Stream);
        Assert.True(request.IncludeObfuscation);
        Assert.Equal("disabled", request.Truncation);
        Assert.Equal("auto", request.ToolChoice.Mode);
        Assert.Empty(request.Tools);
        Assert.Null(request.Temperature);
    }

    [Fact]
    public void Every_field_is_read()
    {
        using var request = Parse($$$"""
            {"model":"m","input":[],"instructions":"i","previous_response_id":"resp_1","include":["message.output_text.logprobs"],"tools":[{{{Tool}}}],
             "tool_choice":"required","parallel_tool_calls":false,"max_tool_calls":2,"metadata":{"k":"v"},
             "text":{"format":{"type":"json_schema","name":"n","schema":{}},"verbosity":"low"},"temperature":0.5,"top_p":0.25,"presence_penalty":-2,
             "frequency_penalty":2,"top_logprobs":3,"max_output_tokens":16,"reasoning":{"effort":"minimal","summary":"concise"},"stream":true,
             "stream_options":{"include_obfuscation":false},"store":false,"truncation":"auto","service_tier":"flex","safety_identifier":"s",
             "prompt_cache_key":"p","user":"u"}
            """);
        Assert.Equal("i", request.Instructions);
        Assert.Equal("resp_1", request.PreviousResponseId);
        Assert.True(request.IncludesLogprobs);
        Assert.Single(request.Tools);
        Assert.Equal("required", request.ToolChoice.Mode);
        Assert.False(request.ParallelToolCalls);
        Assert.Equal(2, request.MaxToolCalls);
        Assert.Equal("v", request.Metadata!.Value.GetProperty("k").GetString());
        Assert.Equal("json_schema", request.TextFormat!.Value.GetProperty("type").GetString());
        Assert.Equal("low", request.Verbosity);
        Assert.Equal(0.5, request.Temperature);
        Assert.Equal(0.25, request.TopP);
        Assert.Equal(-2, request.PresencePenalty);
        Assert.Equal(2, request.FrequencyPenalty);
        Assert.Equal(3, request.TopLogprobs);
        Assert.Equal(16, request.MaxOutputTokens);
        Assert.Equal("minimal", request.ReasoningEffort);
        Assert.Equal("concise", request.ReasoningSummary);
        Assert.True(request.Stream);
        Assert.False(request.IncludeObfuscation);
        Assert.False(request.Store);
        Assert.Equal("auto", request.Truncation);
        Assert.Equal("flex", request.ServiceTier);
        Assert.Equal("s", request.SafetyIdentifier);
        Assert.Equal("p", request.PromptCacheKey);
        Assert.Equal("u", request.User);
    }

    [Theory]
    [InlineData("instructions")]
    [InlineData("previous_response_id")]
    [InlineData("conversation")]
    [InlineData("include")]
    [InlineData("tools")]
    [InlineData("tool_choice")]
    [InlineData("parallel_tool_calls")]
    [InlineData("max_tool_calls")]
    [InlineData("metadata")]
    [InlineData("text")]
    [InlineData("temperature")]
    [InlineData("top_p")]
    [InlineData("presence_penalty")]
    [InlineData("frequency_penalty")]
    [InlineData("top_logprobs")]
    [InlineData("max_output_tokens")]
    [InlineData("reasoning")]
    [InlineData("stream")]
    [InlineData("stream_options")]
    [InlineData("background")]
    [InlineData("store")]
    [InlineData("truncation")]
    [InlineData("service_tier")]
    [InlineData("safety_identifier")]
    [InlineData("prompt_cache_key")]
    [InlineData("prompt_cache_retention")]
    [InlineData("prompt_cache_options")]
    [InlineData("context_management")]
    [InlineData("moderation")]
    [InlineData("prompt")]
    [InlineData("user")]
    public void Null_is_absent_and_a_wrong_type_is_not(string field)
    {
        Parse(Body($"\"{field}\":null")).Dispose();

        // No field takes a number and a list of a boolean at once: one of the two is wrong for each.
        var wrong = field is "temperature" or "top_p" or "presence_penalty" or "frequency_penalty" or "top_logprobs" or "max_output_tokens" or "max_tool_calls" ? "\"x\"" : "20";
        var error = Fails(Body($"\"{field}\":{wrong}"));
        Assert.Equal((400, "invalid_type", field), (error.Status, error.Code, error.Param));
    }

    [Theory]
    [InlineData("\"text\":{\"format\":null,\"verbosity\":null}")]
    [InlineData("\"reasoning\":{\"effort\":null,\"summary\":null,\"mode\":null,\"context\":null,\"generate_summary\":\"auto\"}")]
    [InlineData("\"reasoning\":{\"effort\":\"max\"}")]
    [InlineData("\"text\":{\"format\":{\"type\":\"json_object\"}}")]
    [InlineData("\"stream_options\":{}")]
    [InlineData("\"stream\":true,\"stream_options\":{\"include_usage\":true}")]
    [InlineData("\"unknown_field\":{\"a\":[1]}")]
    [InlineData("\"conversation\":{\"id\":\"conv_1\"}")]
    [InlineData("\"max_output_tokens\":16.0")]
    [InlineData("\"tools\":[{\"type\":\"web_search\"},{\"type\":\"acme:tool\"},{\"type\":\"function\",\"name\":\"f\",\"parameters\":null,\"strict\":null,\"description\":null}]")]
    [InlineData("\"tools\":[{\"type\":\"custom\",\"name\":\"c\",\"format\":{\"type\":\"grammar\",\"syntax\":\"lark\",\"definition\":\"x\"}}],\"tool_choice\":{\"type\":\"custom\",\"name\":\"c\"}")]
    [InlineData("\"tools\":[{\"type\":\"file_search\",\"vector_store_ids\":[]}],\"tool_choice\":{\"type\":\"file_search\"}")]
    [InlineData("\"metadata\":{}")]
    [InlineData("\"background\":true")]
    public void These_fields_are_accepted(string fields) => Parse(Body(fields)).Dispose();

    [Fact]
    public void The_input_may_be_absent_where_something_else_is_there()
    {
        Parse("""{"model":"m","previous_response_id":"resp_1"}""").Dispose();
        Parse("""{"model":"m","instructions":"x"}""").Dispose();
        Parse("""{"model":"m","input":[]}""").Dispose();
        var error = Fails("""{"model":"m"}""");
        Assert.Equal(("missing_required_parameter", "input"), (error.Code, error.Param));
    }

    public static TheoryData<string, string?, string?, string> Mistakes => new()
    {
        { """{"input":"x"}""", "missing_required_parameter", "model", "Missing required parameter: 'model'." },
        { """{"model":null,"input":"x"}""", "missing_required_parameter", "model", "Missing required parameter: 'model'." },
        { """{"model":1,"input":"x"}""", "invalid_type", "model", "Invalid type for 'model': expected a string, but got a number instead." },
        { """{"model":"m","input":1}""", "invalid_type", "input", "Invalid type for 'input': expected one of a string or an array of objects, but got a number instead." },
        { """{"model":"m","input":["x"]}""", "invalid_type", "input[0]", "Invalid type for 'input[0]': expected an object, but got a string instead." },
        { "[]", "invalid_json", null, "The request body must be a JSON object." },
        { "{", "invalid_json", null, "We could not parse" },
        { $$"""{"model":"m","a":{{new string('[', 64)}}{{new string(']', 64)}}}""", "invalid_json", null, "The request body nests deeper than 64 levels." },
        { """{"model":"m","input":"\ud83d"}""", "invalid_json", null, "We could not parse" },
        { """{"model":"m","input":"\\\ude00"}""", "invalid_json", null, "We could not parse" },
        { Body("\"temperature\":2.5"), "decimal_above_max_value", "temperature", "Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 2.5 instead." },
        { Body("\"temperature\":-0.1"), "decimal_below_min_value", "temperature", "Invalid 'temperature': decimal below minimum value. Expected a value >= 0, but got -0.1 instead." },
        { Body("\"temperature\":1e999"), "decimal_above_max_value", "temperature", "Invalid 'temperature'" },
        { Body("\"top_p\":1.1"), "decimal_above_max_value", "top_p", "Invalid 'top_p'" },
        { Body("\"presence_penalty\":3"), "decimal_above_max_value", "presence_penalty", "Invalid 'presence_penalty'" },
        { Body("\"frequency_penalty\":-3"), "decimal_below_min_value", "frequency_penalty", "Invalid 'frequency_penalty'" },
        { Body("\"top_logprobs\":21"), "integer_above_max_value", "top_logprobs", "Invalid 'top_logprobs': integer above maximum value. Expected a value <= 20, but got 21 instead." },
        { Body("\"top_logprobs\":-1"), "integer_below_min_value", "top_logprobs", "Invalid 'top_logprobs'" },
        { Body("\"top_logprobs\":1.5"), "invalid_type", "top_logprobs", "Invalid type for 'top_logprobs': expected an integer, but got a decimal number instead." },
        { Body("\"max_output_tokens\":15"), "integer_below_min_value", "max_output_tokens", "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got 15 instead." },
        { Body("\"max_output_tokens\":1e30"), "integer_above_max_value", "max_output_tokens", "Invalid 'max_output_tokens'" },
        { Body("\"max_tool_calls\":0"), "integer_below_min_value", "max_tool_calls", "Invalid 'max_tool_calls'" },
        { Body("\"truncation\":\"some\""), "invalid_value", "truncation", "Invalid value: 'some'. Supported values are: 'auto' and 'disabled'." },
        { Body("\"service_tier\":\"x\""), "invalid_value", "service_tier", "Invalid value: 'x'." },
        { Body("\"include\":[\"x\"]"), "invalid_value", "include[0]", "Invalid value: 'x'." },
        { Body("\"include\":[1]"), "invalid_type", "include[0]", "Invalid type" },
        { Body("\"reasoning\":{\"effort\":\"huge\"}"), "invalid_value", "reasoning.effort", "Invalid value: 'huge'. Supported values are: 'none', 'minimal', 'low', 'medium', 'high', 'xhigh', and 'max'." },
        { Body("\"reasoning\":{\"summary\":\"x\"}"), "invalid_value", "reasoning.summary", "Invalid value" },
        { Body("\"text\":{\"verbosity\":\"x\"}"), "invalid_value", "text.verbosity", "Invalid value" },
        { Body("\"text\":{\"format\":{}}"), "missing_required_parameter", "text.format.type", "Missing required parameter" },
        { Body("\"text\":{\"format\":{\"type\":\"xml\"}}"), "invalid_value", "text.format.type", "Invalid value" },
        { Body("\"text\":{\"format\":{\"type\":\"json_schema\",\"schema\":{}}}"), "missing_required_parameter", "text.format.name", "Missing" },
        { Body("\"text\":{\"format\":{\"type\":\"json_schema\",\"name\":\"a b\",\"schema\":{}}}"), "invalid_value", "text.format.name", "Invalid 'text.format.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'." },
        { Body("\"text\":{\"format\":{\"type\":\"json_schema\",\"name\":\"n\"}}"), "missing_required_parameter", "text.format.schema", "Missing" },
        { Body("\"metadata\":{\"k\":1}"), "invalid_type", "metadata.k", "Invalid type" },
        { Body($"\"metadata\":{{\"k\":\"{new string('v', 513)}\"}}"), "string_above_max_length", "metadata.k", "Invalid 'metadata.k': string too long. Expected a string with maximum length 512, but got a string with length 513 instead." },
        { Body($"\"metadata\":{{\"{new string('k', 65)}\":\"\"}}"), "string_above_max_length", "metadata", "Invalid 'metadata': key too long" },
        { Body($"\"metadata\":{{{string.Join(',', Enumerable.Range(0, 17).Select(i => $"\"k{i}\":\"\""))}}}"), "object_above_max_properties", "metadata", "Invalid 'metadata': too many properties" },
        { Body($"\"safety_identifier\":\"{new string('x', 65)}\""), "string_above_max_length", "safety_identifier", "Invalid 'safety_identifier'" },
        { Body($"\"prompt_cache_key\":\"{new string('x', 65)}\""), "string_above_max_length", "prompt_cache_key", "Invalid 'prompt_cache_key'" },
        { Body("\"background\":true,\"store\":false"), "unsupported_parameter", "background", "Unsupported parameter: 'background'" },
        { Body("\"previous_response_id\":\"r\",\"conversation\":\"c\""), "mutually_exclusive_parameters", "previous_response_id", "Mutually exclusive parameters." },
        { Body("\"conversation\":{}"), "missing_required_parameter", "conversation.id", "Missing" },
        { Body("\"stream_options\":{\"include_obfuscation\":true}"), null, "stream_options", "The 'stream_options' parameter is only allowed when 'stream' is enabled." },
        { Body("\"stream\":true,\"stream_options\":{\"include_obfuscation\":1}"), "invalid_type", "stream_options.include_obfuscation", "Invalid type" },
        { Body("\"prompt\":{}"), "missing_required_parameter", "prompt.id", "Missing" },
        { Body("\"context_management\":[{\"type\":\"compaction\",\"compact_threshold\":1}]"), "integer_below_min_value", "context_management[0].compact_threshold", "Invalid" },
        { Body("\"context_management\":[{\"type\":\"compaction\",\"compact_threshold\":1000},{\"type\":\"magic\"}]"), "invalid_value", "context_management[1].type", "Invalid" },
        { Body("\"context_management\":[{\"compact_threshold\":1000}]"), "missing_required_parameter", "context_management[0].type", "Missing" },
        { Body("\"context_management\":[7]"), "invalid_type", "context_management[0]", "Invalid" },
        { Body("\"context_management\":{}"), "invalid_type", "context_management", "Invalid" },
        { Body("\"tools\":[1]"), "invalid_type", "tools[0]", "Invalid type" },
        { Body("\"tools\":[{}]"), "missing_required_parameter", "tools[0].type", "Missing" },
        { Body("\"tools\":[{\"type\":\"nonsense\"}]"), "invalid_value", "tools[0].type", "Invalid value: 'nonsense'. Supported values are: 'function', 'custom'," },
        { Body("\"tools\":[{\"type\":\":x\"}]"), "invalid_value", "tools[0].type", "Invalid value: ':x'." },
        { Body("\"tools\":[{\"type\":\"function\"}]"), "missing_required_parameter", "tools[0].name", "Missing required parameter: 'tools[0].name'." },
        { Body("\"tools\":[{\"type\":\"function\",\"name\":\"\"}]"), "empty_string", "tools[0].name", "Invalid 'tools[0].name': empty string." },
        { Body("\"tools\":[{\"type\":\"function\",\"name\":\"a.b\"}]"), "invalid_value", "tools[0].name", "Invalid 'tools[0].name': string does not match pattern." },
        { Body($"\"tools\":[{{\"type\":\"function\",\"name\":\"{new string('a', 129)}\"}}]"), "string_above_max_length", "tools[0].name", "Invalid 'tools[0].name': string too long. Expected a string with maximum length 128" },
        { Body("\"tools\":[{\"type\":\"function\",\"name\":\"f\",\"parameters\":[]}]"), "invalid_type", "tools[0].parameters", "Invalid type" },
        { Body("\"tools\":[{\"type\":\"function\",\"name\":\"f\",\"strict\":1}]"), "invalid_type", "tools[0].strict", "Invalid type" },
        { Body("\"tools\":[{\"type\":\"custom\",\"name\":\"f\",\"format\":{\"type\":\"grammar\",\"syntax\":\"x\"}}]"), "invalid_value", "tools[0].format.syntax", "Invalid value" },
        { Body("\"tool_choice\":\"any\""), "invalid_value", "tool_choice", "Invalid value: 'any'. Supported values are: 'none', 'auto', and 'required'." },
        { Body("\"tool_choice\":\"required\""), "invalid_value", "tool_choice", "Tool choice 'required' must be specified with 'tools' parameter." },
        { Body("\"tool_choice\":{}"), "missing_required_parameter", "tool_choice.type", "Missing" },
        { Body("\"tool_choice\":{\"type\":\"x\"}"), "invalid_value", "tool_choice.type", "Invalid value" },
        { Body("\"tool_choice\":{\"type\":\"function\"}"), "missing_required_parameter", "tool_choice.name", "Missing" },
        { Body($"\"tools\":[{Tool}],\"tool_choice\":{{\"type\":\"function\",\"name\":\"g\"}}"), null, "tool_choice", "Tool choice 'g' not found in 'tools' parameter." },
        { Body($"\"tools\":[{Tool}],\"tool_choice\":{{\"type\":\"custom\",\"name\":\"f\"}}"), null, "tool_choice", "Tool choice 'f' not found in 'tools' parameter." },
        { Body($"\"tools\":[{Tool}],\"tool_choice\":{{\"type\":\"allowed_tools\",\"tools\":[{{\"type\":\"function\",\"name\":\"g\"}}]}}"), null, "tool_choice", "Tool choice 'g' not found in 'tools' parameter." },
        { Body("\"tool_choice\":{\"type\":\"allowed_tools\"}"), "missing_required_parameter", "tool_choice.tools", "Missing" },
        { Body("\"tool_choice\":{\"type\":\"allowed_tools\",\"tools\":[]}"), "empty_array", "tool_choice.tools", "Invalid 'tool_choice.tools': empty array." },
        { Body("\"tool_choice\":{\"type\":\"allowed_tools\",\"tools\":[{\"type\":\"function\"}]}"), "missing_required_parameter", "tool_choice.tools[0].name", "Missing" },
        { Body($"\"tool_choice\":{{\"type\":\"allowed_tools\",\"tools\":[{string.Join(',', Enumerable.Repeat("{}", 129))}]}}"), "array_above_max_length", "tool_choice.tools", "Invalid 'tool_choice.tools': array too long. Expected an array with maximum length 128, but got an array with length 129 instead." },
        { Items("{}"), "missing_required_parameter", "input[0].type", "Missing" },
        { Items("""{"type":"nonsense"}"""), "invalid_value", "input[0].type", "Invalid value: 'nonsense'. Supported values are: 'message', 'function_call'," },
        { Items("""{"id":"x","summary":[]}"""), "missing_required_parameter", "input[0].type", "Missing" },
        { Items("""{"type":"message","content":"x"}"""), "missing_required_parameter", "input[0].role", "Missing" },
        { Items("""{"role":"tool","content":"x"}"""), "invalid_value", "input[0].role", "Invalid value: 'tool'. Supported values are: 'user', 'assistant', 'system', and 'developer'." },
        { Items("""{"role":"user"}"""), "missing_required_parameter", "input[0].content", "Missing required parameter: 'input[0].content'." },
        { Items("""{"role":"user","content":5}"""), "invalid_type", "input[0].content", "Invalid type" },
        { Items("""{"role":"user","content":["x"]}"""), "invalid_type", "input[0].content[0]", "Invalid type" },
        { Items("""{"role":"user","content":[{"text":"x"}]}"""), "missing_required_parameter", "input[0].content[0].type", "Missing" },
        { Items("""{"role":"user","content":[{"type":"output_text","text":"x"}]}"""), "invalid_value", "input[0].content[0].type", "Invalid value: 'output_text'. Supported values are: 'input_text'," },
        { Items("""{"role":"assistant","content":[{"type":"input_text","text":"x"}]}"""), "invalid_value", "input[0].content[0].type", "Invalid value: 'input_text'. Supported values are: 'output_text' and 'refusal'." },
        { Items("""{"role":"user","content":[{"type":"input_text"}]}"""), "missing_required_parameter", "input[0].content[0].text", "Missing" },
        { Items("""{"role":"user","content":"a"},{"role":"user","content":[{"type":"input_text","text":"x"},{"type":"input_image","image_url":7}]}"""), "invalid_type", "input[1].content[1].image_url", "Invalid type for 'input[1].content[1].image_url'" },
        { Items("""{"role":"user","content":[{"type":"input_image"}]}"""), "missing_required_parameter", "input[0].content[0].image_url", "Missing" },
        { Items("""{"role":"user","content":[{"type":"input_image","image_url":"x","detail":"x"}]}"""), "invalid_value", "input[0].content[0].detail", "Invalid value" },
        { Items("""{"role":"user","content":[{"type":"input_file"}]}"""), "missing_required_parameter", "input[0].content[0].file_data", "Missing" },
        { Items("""{"role":"user","content":[{"type":"input_audio","input_audio":{"format":"wav"}}]}"""), "missing_required_parameter", "input[0].content[0].input_audio.data", "Missing" },
        { Items("""{"role":"assistant","content":[{"type":"output_text","text":"x","annotations":[{"type":"url_citation","url":"u","title":"t","start_index":-1,"end_index":0}]}]}"""), "integer_below_min_value", "input[0].content[0].annotations[0].start_index", "Invalid" },
        { Items("""{"role":"assistant","phase":"x","content":"x"}"""), "invalid_value", "input[0].phase", "Invalid value: 'x'. Supported values are: 'commentary' and 'final_answer'." },
        { Items("""{"type":"function_call","name":"f","arguments":"{}"}"""), "missing_required_parameter", "input[0].call_id", "Missing" },
        { Items("""{"type":"function_call","call_id":"","name":"f","arguments":"{}"}"""), "empty_string", "input[0].call_id", "Invalid" },
        { Items($$"""{"type":"function_call","call_id":"{{new string('c', 65)}}","name":"f","arguments":"{}"}"""), "string_above_max_length", "input[0].call_id", "Invalid" },
        { Items("""{"type":"function_call","call_id":"c","name":"f"}"""), "missing_required_parameter", "input[0].arguments", "Missing" },
        { Items("""{"type":"function_call","call_id":"c","name":"f","arguments":{}}"""), "invalid_type", "input[0].arguments", "Invalid type" },
        { Items("""{"type":"function_call","call_id":"c","name":"f","arguments":"","status":"x"}"""), "invalid_value", "input[0].status", "Invalid value" },
        { Items("""{"type":"function_call_output","call_id":"c"}"""), "missing_required_parameter", "input[0].output", "Missing" },
        { Items("""{"type":"function_call_output","call_id":"c","output":[{"type":"input_audio"}]}"""), "invalid_value", "input[0].output[0].type", "Invalid value" },
        { Items("""{"type":"custom_tool_call","call_id":"c","name":"n"}"""), "missing_required_parameter", "input[0].input", "Missing" },
        { Items("""{"type":"reasoning"}"""), "missing_required_parameter", "input[0].summary", "Missing" },
        { Items("""{"type":"reasoning","summary":[{"type":"summary_text"}]}"""), "missing_required_parameter", "input[0].summary[0].text", "Missing" },
        { Items("""{"type":"reasoning","summary":[],"content":[{"type":"x","text":""}]}"""), "invalid_value", "input[0].content[0].type", "Invalid value: 'x'. Supported values are: 'reasoning_text'." },
        { Items("""{"type":"compaction"}"""), "missing_required_parameter", "input[0].encrypted_content", "Missing" },
        { Items("""{"type":"item_reference"}"""), "missing_required_parameter", "input[0].id", "Missing" },
        { Items("""{"type":"compaction_trigger"},{"role":"user","content":"x"}"""), "invalid_value", "input[0]", "An item of type 'compaction_trigger'" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Each_mistake_is_told_by_its_path(string json, string? code, string? param, string message)
    {
        var error = Fails(json);
        Assert.Equal((400, GatewayErrors.InvalidRequestType, code, param), (error.Status, error.Type, error.Code, error.Param));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_may_be_ten_mebi_characters_whatever_they_take_in_bytes()
    {
        var longest = new string('é', 10_485_760);
        Parse($$"""{"model":"m","input":"{{longest}}"}""").Dispose();
        Assert.Equal(("string_above_max_length", "input"), (Fails($$"""{"model":"m","input":"{{longest}}x"}""") is var e ? (e.Code, e.Param) : default));
    }

    [Fact]
    public void Escaped_pairs_and_backslashes_before_u_are_good_text()
    {
        using var request = Parse("""{"model":"m","input":"\ud83d\ude00 \\ud83d \\\\"}""");
        Assert.Equal("😀 \\ud83d \\\\", request.Input[0].Json.GetProperty("content")[0].GetProperty("text").GetString());
    }

    [Fact]
    public void Bytes_that_are_not_Utf8_are_refused()
    {
        byte[] body = [.. "{\"model\":\"m\",\"input\":\""u8, 0xC3, 0x28, .. "\"}"u8];
        Assert.Equal("invalid_json", Assert.Throws<GatewayException>(() => CreateResponseParser.Parse(body).Dispose()).Error.Code);
    }

    [Theory]
    [InlineData("null", null)]
    [InlineData("[]", null)]
    [InlineData("""[{"type":"compaction"}]""", null)]
    [InlineData("""[{"type":"compaction","compact_threshold":5000},{"type":"compaction","compact_threshold":2000},{"type":"compaction","compact_threshold":3000}]""", 2000L)]
    public void The_smallest_threshold_counts(string contextManagement, long? threshold)
    {
        using var request = Parse(Body($"\"context_management\":{contextManagement}"));

        Assert.Equal(threshold, request.CompactThreshold);
    }
}
