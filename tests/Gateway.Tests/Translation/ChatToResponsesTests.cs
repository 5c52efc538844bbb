using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using AiGateway.Protocol;
using AiGateway.Responses.Parsing;
using AiGateway.Translation;
using Xunit;

namespace AiGateway.Tests.Translation;

/// <summary>The create body that a chat request becomes, mapping by mapping.</summary>
public sealed class ChatToResponsesTests
{
    internal static (JsonObject Body, ChatAnswerForm Form) Translate(string json, bool stream = false)
    {
        var output = new ArrayBufferWriter<byte>();
        var form = ChatToResponses.Write(output, Encoding.UTF8.GetBytes(json), "up", stream);

        // Whatever is written must be a good create body.
        CreateResponseParser.Parse(output.WrittenMemory).Dispose();
        return (JsonNode.Parse(output.WrittenSpan)!.AsObject(), form);
    }

    private static void Input(string messages, string items) =>
        ResponsesToChatTests.Same(items, Translate($$"""{"model":"m","messages":{{messages}}}""").Body["input"]);

    private static GatewayError Fails(string json) => Assert.Throws<GatewayException>(() => Translate(json)).Error;

    [Theory]
    [InlineData("""[{"role":"system","content":"a"},{"role":"developer","content":"b"},{"role":"user","name":"bob","content":"c"}]""", """[{"type":"message","role":"system","content":"a"},{"type":"message","role":"developer","content":"b"},{"type":"message","role":"user","content":"c"}]""")]
    [InlineData("""[{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"u","detail":"low"}},{"type":"image_url","image_url":{"url":"v"}}]}]""", """[{"type":"message","role":"user","content":[{"type":"input_text","text":"a"},{"type":"input_image","image_url":"u","detail":"low"},{"type":"input_image","image_url":"v"}]}]""")]
    [InlineData("""[{"role":"user","content":[{"type":"file","file":{"filename":"n","file_data":"d"}},{"type":"file","file":{"file_id":"f"}},{"type":"input_audio","input_audio":{"data":"d","format":"wav"}},{"type":"video_url","video_url":{"url":"v"}}]}]""", """[{"type":"message","role":"user","content":[{"type":"input_file","filename":"n","file_data":"d"},{"type":"input_file","file_id":"f"},{"type":"input_audio","input_audio":{"data":"d","format":"wav"}},{"type":"input_video","video_url":"v"}]}]""")]
    [InlineData("""[{"role":"assistant","content":"a"},{"role":"assistant","content":[{"type":"text","text":"b"},{"type":"refusal","refusal":"c"}]},{"role":"assistant","content":null,"refusal":"d"},{"role":"assistant","content":""}]""", """[{"type":"message","role":"assistant","content":"a"},{"type":"message","role":"assistant","content":[{"type":"output_text","text":"b"},{"type":"refusal","refusal":"c"}]},{"type":"message","role":"assistant","content":[{"type":"refusal","refusal":"d"}]},{"type":"message","role":"assistant","content":""}]""")]
    [InlineData("""[{"role":"assistant","content":"a","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}},{"id":"c2","type":"custom","custom":{"name":"g","input":"x"}}]},{"role":"tool","tool_call_id":"c1","content":"one"},{"role":"tool","tool_call_id":"c2","content":[{"type":"text","text":"two"}]}]""", """[{"type":"message","role":"assistant","content":"a"},{"type":"function_call","call_id":"c1","name":"f","arguments":"{}"},{"type":"custom_tool_call","call_id":"c2","name":"g","input":"x"},{"type":"function_call_output","call_id":"c1","output":"one"},{"type":"custom_tool_call_output","call_id":"c2","output":[{"type":"input_text","text":"two"}]}]""")]
    [InlineData("""[{"role":"assistant","content":"","reasoning_content":"th","tool_calls":[{"id":"c1","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c1","content":""}]""", """[{"type":"function_call","call_id":"c1","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"c1","output":""}]""")]
    [InlineData("""[{"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}},{"role":"function","name":"f","content":"r"}]""", """[{"type":"function_call","call_id":"call_0","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"call_0","output":"r"}]""")]
    public void Messages_become_items(string messages, string items) => Input(messages, items);

    public static TheoryData<string, string> Fields => new()
    {
        { "\"seed\":1,\"prediction\":{\"type\":\"content\",\"content\":\"x\"},\"metadata\":{\"a\":\"b\"},\"store\":true,\"n\":1,\"stop\":null,\"logit_bias\":{},\"modalities\":[\"text\"],\"audio\":null,\"unknown\":1", "{}" },
        { "\"max_completion_tokens\":99,\"max_tokens\":1", """{"max_output_tokens":99}""" },
        { "\"max_tokens\":50", """{"max_output_tokens":50}""" },
        { "\"max_tokens\":1", """{"max_output_tokens":16}""" },
        { "\"temperature\":0.5,\"top_p\":0.5,\"presence_penalty\":0,\"frequency_penalty\":1", """{"temperature":0.5,"top_p":0.5,"frequency_penalty":1}""" },
        { "\"reasoning_effort\":\"low\",\"verbosity\":\"high\"", """{"reasoning":{"effort":"low"},"text":{"verbosity":"high"}}""" },
        { "\"response_format\":{\"type\":\"json_object\"}", """{"text":{"format":{"type":"json_object"}}}""" },
        { "\"response_format\":{\"type\":\"text\"}", """{"text":{"format":{"type":"text"}}}""" },
        { "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"n\",\"schema\":{\"a\":1},\"strict\":true,\"description\":\"d\"}}", """{"text":{"format":{"type":"json_schema","name":"n","description":"d","schema":{"a":1},"strict":true}}}""" },
        { "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"n\"}}", """{"text":{"format":{"type":"json_schema","name":"n","schema":{}}}}""" },
        { "\"logprobs\":true,\"top_logprobs\":2", """{"include":["message.output_text.logprobs"],"top_logprobs":2}""" },
        { "\"logprobs\":false,\"top_logprobs\":2", "{}" },
        { "\"service_tier\":\"flex\",\"safety_identifier\":\"s\",\"prompt_cache_key\":\"k\",\"user\":\"u\"", """{"service_tier":"flex","safety_identifier":"s","prompt_cache_key":"k","user":"u"}""" },
        { "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"description\":\"d\",\"parameters\":{\"type\":\"object\"},\"strict\":true}}],\"parallel_tool_calls\":false", """{"tools":[{"type":"function","name":"f","description":"d","parameters":{"type":"object"},"strict":true}],"parallel_tool_calls":false}""" },
        { "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}],\"tool_choice\":\"required\"", """{"tools":[{"type":"function","name":"f","parameters":null,"strict":false}],"tool_choice":"required"}""" },
        { "\"tools\":[{\"type\":\"custom\",\"custom\":{\"name\":\"c\",\"format\":{\"type\":\"grammar\",\"grammar\":{\"syntax\":\"lark\",\"definition\":\"x\"}}}}],\"tool_choice\":{\"type\":\"custom\",\"custom\":{\"name\":\"c\"}}", """{"tools":[{"type":"custom","name":"c","format":{"type":"grammar","syntax":"lark","definition":"x"}}],"tool_choice":{"type":"custom","name":"c"}}""" },
        { "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}],\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"f\"}}", """{"tools":[{"type":"function","name":"f","parameters":null,"strict":false}],"tool_choice":{"type":"function","name":"f"}}""" },
        { "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}],\"tool_choice\":{\"type\":\"allowed_tools\",\"allowed_tools\":{\"mode\":\"auto\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]}}", """{"tools":[{"type":"function","name":"f","parameters":null,"strict":false}],"tool_choice":{"type":"allowed_tools","mode":"auto","tools":[{"type":"function","name":"f"}]}}""" },
        { "\"functions\":[{\"name\":\"f\",\"parameters\":{}}],\"function_call\":{\"name\":\"f\"}", """{"tools":[{"type":"function","name":"f","parameters":{},"strict":false}],"tool_choice":{"type":"function","name":"f"},"parallel_tool_calls":false}""" },
        { "\"functions\":[{\"name\":\"f\"}],\"function_call\":\"none\"", """{"tools":[{"type":"function","name":"f","parameters":null,"strict":false}],"tool_choice":"none","parallel_tool_calls":false}""" },
        { "\"tools\":[],\"tool_choice\":\"auto\",\"parallel_tool_calls\":true", "{}" },
    };

    [Theory]
    [MemberData(nameof(Fields))]
    public void Other_fields(string fields, string expected)
    {
        var (body, _) = Translate($$"""{"model":"m","messages":[{"role":"user","content":"x"}],{{fields}}}""");
        Assert.Equal("up", body["model"]!.GetValue<string>());
        Assert.False(body["store"]!.GetValue<bool>());
        body.Remove("model");
        body.Remove("input");
        body.Remove("store");
        ResponsesToChatTests.Same(expected, body);
    }

    [Fact]
    public void The_form_of_the_answer_is_told()
    {
        const string message = "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]";
        var (body, form) = Translate($$$"""{{{{message}}},"stream":true,"stream_options":{"include_usage":true},"functions":[{"name":"f"}]}""", stream: true);
        Assert.Equal(new ChatAnswerForm(true, true), form);
        Assert.True(body["stream"]!.GetValue<bool>());
        Assert.Null(body["stream_options"]);
        Assert.Equal(default, Translate($$"""{{{message}}}""").Form);
    }

    public static TheoryData<string, string, string> Mistakes => new()
    {
        { """{"model":"m"}""", "missing_required_parameter", "messages" },
        { """{"messages":[]}""", "empty_array", "messages" },
        { """{"messages":"x"}""", "invalid_type", "messages" },
        { """{"messages":[1]}""", "invalid_type", "messages[0]" },
        { """{"messages":[{}]}""", "missing_required_parameter", "messages[0].role" },
        { """{"messages":[{"role":"bot","content":"x"}]}""", "invalid_value", "messages[0].role" },
        { """{"messages":[{"role":"user"}]}""", "missing_required_parameter", "messages[0].content" },
        { """{"messages":[{"role":"user","content":5}]}""", "invalid_type", "messages[0].content" },
        { """{"messages":[{"role":"user","content":[{"type":"x"}]}]}""", "invalid_value", "messages[0].content[0].type" },
        { """{"messages":[{"role":"user","content":[{"type":"text"}]}]}""", "missing_required_parameter", "messages[0].content[0].text" },
        { """{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{}}]}]}""", "missing_required_parameter", "messages[0].content[0].image_url.url" },
        { """{"messages":[{"role":"user","content":[{"type":"file","file":{}}]}]}""", "missing_required_parameter", "messages[0].content[0].file.file_data" },
        { """{"messages":[{"role":"system","content":[{"type":"image_url","image_url":{"url":"u"}}]}]}""", "invalid_value", "messages[0].content[0].type" },
        { """{"messages":[{"role":"assistant"}]}""", "missing_required_parameter", "messages[0].content" },
        { """{"messages":[{"role":"assistant","content":[{"type":"image_url"}]}]}""", "invalid_value", "messages[0].content[0].type" },
        { """{"messages":[{"role":"assistant","audio":{"id":"a"}}]}""", "unsupported_parameter", "messages[0].audio" },
        { """{"messages":[{"role":"assistant","tool_calls":[{"type":"function","function":{"name":"f","arguments":""}}]}]}""", "missing_required_parameter", "messages[0].tool_calls[0].id" },
        { """{"messages":[{"role":"assistant","tool_calls":[{"id":"c","type":"function"}]}]}""", "missing_required_parameter", "messages[0].tool_calls[0].function" },
        { """{"messages":[{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f"}}]}]}""", "missing_required_parameter", "messages[0].tool_calls[0].function.arguments" },
        { """{"messages":[{"role":"tool","content":"x"}]}""", "missing_required_parameter", "messages[0].tool_call_id" },
        { """{"messages":[{"role":"function","name":"f","content":"x"}]}""", "invalid_value", "messages[0].role" },
        { """{"messages":[{"role":"user","content":"x"}],"n":2}""", "unsupported_parameter", "n" },
        { """{"messages":[{"role":"user","content":"x"}],"stop":"a"}""", "unsupported_parameter", "stop" },
        { """{"messages":[{"role":"user","content":"x"}],"logit_bias":{"1":1}}""", "unsupported_parameter", "logit_bias" },
        { """{"messages":[{"role":"user","content":"x"}],"audio":{"voice":"a","format":"wav"}}""", "unsupported_parameter", "audio" },
        { """{"messages":[{"role":"user","content":"x"}],"modalities":["text","audio"]}""", "unsupported_parameter", "modalities" },
        { """{"messages":[{"role":"user","content":"x"}],"web_search_options":{}}""", "unsupported_parameter", "web_search_options" },
        { """{"messages":[{"role":"user","content":"x"}],"temperature":3}""", "decimal_above_max_value", "temperature" },
        { """{"messages":[{"role":"user","content":"x"}],"max_tokens":0}""", "integer_below_min_value", "max_tokens" },
        { """{"messages":[{"role":"user","content":"x"}],"response_format":{"type":"json_schema"}}""", "missing_required_parameter", "response_format.json_schema" },
        { """{"messages":[{"role":"user","content":"x"}],"tools":[{"type":"function"}]}""", "missing_required_parameter", "tools[0].function" },
        { """{"messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{}}]}""", "missing_required_parameter", "tools[0].function.name" },
        { """{"messages":[{"role":"user","content":"x"}],"tools":[{"type":"web"}]}""", "invalid_value", "tools[0].type" },
        { """{"messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":"x"}""", "invalid_value", "tool_choice" },
        { """{"messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":{"type":"function"}}""", "missing_required_parameter", "tool_choice.function" },
        { """{"messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{}}]}}}""", "missing_required_parameter", "tool_choice.allowed_tools.tools[0].function.name" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Each_mistake_is_told_by_its_path(string json, string code, string param)
    {
        var error = Fails(json);
        Assert.Equal((400, code, param), (error.Status, error.Code, error.Param));
    }
}
