using System.Buffers;
using System.Text.Json.Nodes;
using AiGateway.Protocol;
using AiGateway.Providers;
using AiGateway.Tests.Responses.Parsing;
using AiGateway.Translation;
using Xunit;

namespace AiGateway.Tests.Translation;

/// <summary>The chat request that a create body becomes, mapping by mapping.</summary>
public sealed class ResponsesToChatTests
{
    internal static readonly ProviderOptions Provider = new() { Name = "p" };

    private const string Call = """{"type":"function_call","call_id":"c1","name":"f","arguments":"{\"a\":1}"}""";
    private const string Call2 = """{"type":"function_call","call_id":"c2","name":"g","arguments":"{}"}""";
    private const string Output = """{"type":"function_call_output","call_id":"c1","output":"one"}""";
    private const string Output2 = """{"type":"function_call_output","call_id":"c2","output":"two"}""";
    private const string User = """{"role":"user","content":"hi"}""";
    private const string Said = """{"type":"message","role":"assistant","content":[{"type":"output_text","text":"said","annotations":[]}]}""";
    private const string Thought = """{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"s"}],"content":[{"type":"reasoning_text","text":"th"},{"type":"reasoning_text","text":"ought"}],"encrypted_content":"secret"}""";
    private const string ToolCall = """{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}""";
    private const string ToolCall2 = """{"id":"c2","type":"function","function":{"name":"g","arguments":"{}"}}""";

    internal static JsonObject Translate(string json, ProviderOptions? provider = null, bool stream = false)
    {
        using var request = CreateResponseParserTests.Parse(json);
        var output = new ArrayBufferWriter<byte>();
        ResponsesToChat.Write(output, request, request.Input, "up", stream, provider ?? Provider);
        return JsonNode.Parse(output.WrittenSpan)!.AsObject();
    }

    private static string Messages(string input, ProviderOptions? provider = null) =>
        Translate($$"""{"model":"m","input":{{input}}}""", provider)["messages"]!.ToJsonString(JsonFormat.SerializerOptions);

    internal static void Same(string expected, JsonNode? actual) => Assert.True(
        JsonNode.DeepEquals(JsonNode.Parse(expected), actual), $"expected {expected}\nbut got  {actual?.ToJsonString(JsonFormat.SerializerOptions)}");

    private static GatewayError Fails(string fields) => Assert.Throws<GatewayException>(() => Translate($$"""{"model":"m",{{fields}}}""")).Error;

    [Theory]
    [InlineData("\"hi\"", """[{"role":"user","content":"hi"}]""")]
    [InlineData("""[{"role":"system","content":"a"},{"role":"developer","content":[{"type":"input_text","text":"b"}]}]""", """[{"role":"system","content":"a"},{"role":"developer","content":"b"}]""")]
    [InlineData("""[{"role":"user","content":[]}]""", """[{"role":"user","content":""}]""")]
    [InlineData("""[{"role":"user","content":[{"type":"input_text","text":"a"},{"type":"input_text","text":"b"}]}]""", """[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]""")]
    [InlineData("""[{"role":"user","content":[{"type":"input_text","text":"a","prompt_cache_breakpoint":{"mode":"explicit"}}]}]""", """[{"role":"user","content":[{"type":"text","text":"a","prompt_cache_breakpoint":{"mode":"explicit"}}]}]""")]
    [InlineData("""[{"role":"user","content":[{"type":"input_image","image_url":"data:x"}]}]""", """[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:x"}}]}]""")]
    [InlineData("""[{"role":"user","content":[{"type":"input_image","image_url":"u","detail":"low"},{"type":"input_image","image_url":"v","detail":"original"}]}]""", """[{"role":"user","content":[{"type":"image_url","image_url":{"url":"u","detail":"low"}},{"type":"image_url","image_url":{"url":"v","detail":"high"}}]}]""")]
    [InlineData("""[{"role":"user","content":[{"type":"input_file","filename":"n","file_data":"d","file_id":null},{"type":"input_file","file_id":"file_1"}]}]""", """[{"role":"user","content":[{"type":"file","file":{"filename":"n","file_data":"d"}},{"type":"file","file":{"file_id":"file_1"}}]}]""")]
    [InlineData("""[{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"d","format":"wav"}},{"type":"input_video","video_url":"v"}]}]""", """[{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"d","format":"wav"}},{"type":"video_url","video_url":{"url":"v"}}]}]""")]
    [InlineData("""[{"role":"assistant","content":"a"},{"role":"assistant","content":"b","phase":"final_answer"}]""", """[{"role":"assistant","content":"a"},{"role":"assistant","content":"b"}]""")]
    [InlineData("""[{"role":"assistant","content":[{"type":"output_text","text":"a"},{"type":"output_text","text":"b"}]}]""", """[{"role":"assistant","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]""")]
    [InlineData("""[{"role":"assistant","content":[{"type":"refusal","refusal":"no"}]}]""", """[{"role":"assistant","content":null,"refusal":"no"}]""")]
    [InlineData("""[{"role":"assistant","content":[]}]""", """[{"role":"assistant","content":""}]""")]
    public void Messages_and_parts(string input, string expected) => Same(expected, JsonNode.Parse(Messages(input)));

    [Fact]
    public void Instructions_come_first() =>
        Same("""[{"role":"system","content":"be brief"},{"role":"user","content":"hi"}]""", Translate("""{"model":"m","input":"hi","instructions":"be brief"}""")["messages"]);

    [Fact]
    public void The_calls_of_a_turn_and_the_message_before_them_are_one_message()
    {
        Same(
            $$"""[{"role":"user","content":"hi"},{"role":"assistant","content":"said","tool_calls":[{{ToolCall}},{{ToolCall2}}]},{"role":"tool","tool_call_id":"c1","content":"one"},{"role":"tool","tool_call_id":"c2","content":"two"},{"role":"user","content":"hi"}]""",
            JsonNode.Parse(Messages($"[{User},{Said},{Call},{Call2},{Output},{Output2},{User}]")));
        Same($$"""[{"role":"assistant","content":null,"tool_calls":[{{ToolCall}}]}]""", JsonNode.Parse(Messages($"[{Call}]")));
        Same($$"""[{"role":"assistant","content":"said"},{"role":"assistant","content":"said","tool_calls":[{{ToolCall}}]}]""", JsonNode.Parse(Messages($"[{Said},{Said},{Call}]")));
        Same($$"""[{"role":"assistant","content":"said","tool_calls":[{{ToolCall}}]},{"role":"tool","tool_call_id":"c1","content":"one"}]""", JsonNode.Parse(Messages($"[{Call},{Said},{Output}]")));
    }

    [Fact]
    public void Turns_of_calls_stay_apart() => Same(
        $$"""[{"role":"assistant","content":null,"tool_calls":[{{ToolCall}}]},{"role":"tool","tool_call_id":"c1","content":"one"},{"role":"assistant","content":null,"tool_calls":[{{ToolCall}}]},{"role":"tool","tool_call_id":"c1","content":"one"}]""",
        JsonNode.Parse(Messages($"[{Call},{Output},{Call},{Output}]")));

    [Fact]
    public void Outputs_that_stand_further_on_are_brought_forward() => Same(
        $$"""[{"role":"assistant","content":null,"tool_calls":[{{ToolCall}},{{ToolCall2}}]},{"role":"tool","tool_call_id":"c2","content":"two"},{"role":"tool","tool_call_id":"c1","content":"one"},{"role":"user","content":"hi"}]""",
        JsonNode.Parse(Messages($"[{Call},{Call2},{Output2},{User},{Output}]")));

    [Theory]
    [InlineData("\"t\"", "\"t\"")]
    [InlineData("""[{"type":"input_text","text":"t"}]""", "\"t\"")]
    [InlineData("""[{"type":"input_text","text":"t"},{"type":"input_text","text":"u"}]""", """[{"type":"text","text":"t"},{"type":"text","text":"u"}]""")]
    [InlineData("[]", "\"\"")]
    public void A_tools_text(string output, string content) => Same(
        $$"""[{"role":"assistant","content":null,"tool_calls":[{{ToolCall}}]},{"role":"tool","tool_call_id":"c1","content":{{content}}}]""",
        JsonNode.Parse(Messages($$"""[{{Call}},{"type":"function_call_output","call_id":"c1","output":{{output}}}]""")));

    [Fact]
    public void A_tools_images_come_from_the_user_behind_the_last_tool_message() => Same(
        $$$"""
        [{"role":"assistant","content":null,"tool_calls":[{{{ToolCall}}},{{{ToolCall2}}}]},
         {"role":"tool","tool_call_id":"c1","content":"see"},
         {"role":"tool","tool_call_id":"c2","content":"The output is in the next message."},
         {"role":"user","content":[{"type":"text","text":"Output of tool call c1:"},{"type":"image_url","image_url":{"url":"u"}},
          {"type":"text","text":"Output of tool call c2:"},{"type":"file","file":{"file_data":"d"}}]}]
        """,
        JsonNode.Parse(Messages($$$"""
            [{{{Call}}},{{{Call2}}},
             {"type":"function_call_output","call_id":"c1","output":[{"type":"input_text","text":"see"},{"type":"input_image","image_url":"u"}]},
             {"type":"function_call_output","call_id":"c2","output":[{"type":"input_file","file_data":"d"}]}]
            """)));

    [Fact]
    public void Custom_tools_call_and_answer() => Same(
        """[{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"custom","custom":{"name":"sh","input":"ls"}}]},{"role":"tool","tool_call_id":"c1","content":"out"}]""",
        JsonNode.Parse(Messages("""[{"type":"custom_tool_call","call_id":"c1","name":"sh","input":"ls"},{"type":"custom_tool_call_output","call_id":"c1","output":"out"}]""")));

    [Fact]
    public void Reasoning_goes_back_only_where_the_provider_takes_it()
    {
        Same("""[{"role":"assistant","content":"said"}]""", JsonNode.Parse(Messages($"[{Thought},{Said}]")));
        var takes = Provider with { ReasoningField = "reasoning_content" };
        Same("""[{"role":"assistant","reasoning_content":"th\nought","content":"said"}]""", JsonNode.Parse(Messages($"[{Thought},{Said}]", takes)));
        Same($$"""[{"role":"assistant","reasoning_content":"th\nought","content":null,"tool_calls":[{{ToolCall}}]}]""", JsonNode.Parse(Messages($"[{Thought},{Call}]", takes)));
        Same($$"""[{"role":"assistant","content":"said"},{"role":"assistant","reasoning_content":"th\nought","content":"said"}]""", JsonNode.Parse(Messages($"[{Said},{Thought},{Said}]", takes)));
        Same("""[{"role":"user","content":"hi"}]""", JsonNode.Parse(Messages($"[{Thought},{User}]", takes)));
        Assert.DoesNotContain("secret", Messages($"[{Thought},{Said},{Thought},{Call}]", takes), StringComparison.Ordinal);
    }

    [Fact]
    public void Tools_are_nested() => Same(
        """
        [{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"},"strict":true}},{"type":"function","function":{"name":"g"}},
         {"type":"custom","custom":{"name":"c","description":"d","format":{"type":"grammar","grammar":{"definition":"x","syntax":"lark"}}}},
         {"type":"custom","custom":{"name":"t","format":{"type":"text"}}}]
        """,
        Translate("""
            {"model":"m","input":"x","tools":[{"type":"function","name":"f","description":"d","parameters":{"type":"object"},"strict":true},
             {"type":"function","name":"g","description":null,"parameters":null,"strict":null},
             {"type":"custom","name":"c","description":"d","format":{"type":"grammar","syntax":"lark","definition":"x"}},{"type":"custom","name":"t","format":{"type":"text"}}]}
            """)["tools"]);

    [Theory]
    [InlineData("\"none\"", "\"none\"")]
    [InlineData("\"required\"", "\"required\"")]
    [InlineData("""{"type":"function","name":"f"}""", """{"type":"function","function":{"name":"f"}}""")]
    [InlineData("""{"type":"custom","name":"c"}""", """{"type":"custom","custom":{"name":"c"}}""")]
    [InlineData("""{"type":"allowed_tools","mode":"required","tools":[{"type":"function","name":"f"}]}""", "\"required\"")]
    [InlineData("""{"type":"allowed_tools","tools":[{"type":"function","name":"f"}]}""", "\"auto\"")]
    public void Tool_choices(string choice, string expected)
    {
        var chat = Translate($$"""{"model":"m","input":"x","tools":[{"type":"function","name":"f"},{"type":"function","name":"g"},{"type":"custom","name":"c"}],"tool_choice":{{choice}}}""");
        Same(expected, chat["tool_choice"]);
        Assert.Equal(3, chat["tools"]!.AsArray().Count);
    }

    public static TheoryData<string, string> Fields => new()
    {
        { "\"metadata\":{\"a\":\"b\"},\"store\":true,\"truncation\":\"auto\",\"max_tool_calls\":1,\"background\":true", "{}" },
        { "\"tools\":[],\"tool_choice\":\"auto\",\"parallel_tool_calls\":true", "{}" },
        { "\"text\":{\"format\":{\"type\":\"text\"},\"verbosity\":\"high\"}", """{"verbosity":"high"}""" },
        { "\"text\":{\"format\":{\"type\":\"json_object\"}}", """{"response_format":{"type":"json_object"}}""" },
        { "\"text\":{\"format\":{\"type\":\"json_schema\",\"name\":\"n\",\"schema\":{\"a\":1},\"strict\":true,\"description\":\"d\"}}", """{"response_format":{"type":"json_schema","json_schema":{"name":"n","description":"d","schema":{"a":1},"strict":true}}}""" },
        { "\"reasoning\":{\"effort\":\"low\",\"summary\":\"auto\"}", """{"reasoning_effort":"low"}""" },
        { "\"max_output_tokens\":99", """{"max_completion_tokens":99}""" },
        { "\"temperature\":0.7,\"top_p\":0.9,\"presence_penalty\":1,\"frequency_penalty\":-1.5", """{"temperature":0.7,"top_p":0.9,"presence_penalty":1,"frequency_penalty":-1.5}""" },
        { "\"top_logprobs\":3", "{}" },
        { "\"top_logprobs\":3,\"include\":[\"message.output_text.logprobs\"]", """{"logprobs":true,"top_logprobs":3}""" },
        { "\"include\":[\"message.output_text.logprobs\"]", """{"logprobs":true}""" },
        { "\"service_tier\":\"auto\"", "{}" },
        { "\"service_tier\":\"flex\",\"safety_identifier\":\"s\",\"prompt_cache_key\":\"k\",\"user\":\"u\"", """{"service_tier":"flex","safety_identifier":"s","prompt_cache_key":"k","user":"u"}""" },
        { "\"moderation\":{\"model\":\"mod\"}", """{"moderation":{"model":"mod"}}""" },
    };

    [Theory]
    [MemberData(nameof(Fields))]
    public void Other_fields(string fields, string expected)
    {
        var chat = Translate($$"""{"model":"m","input":"x",{{fields}}}""");
        Assert.Equal("up", chat["model"]!.GetValue<string>());
        chat.Remove("model");
        chat.Remove("messages");
        Same(expected, chat);
    }

    [Fact]
    public void Parallel_calls_are_said_only_with_tools() =>
        Assert.False(Translate("""{"model":"m","input":"x","tools":[{"type":"function","name":"f"}],"parallel_tool_calls":false}""")["parallel_tool_calls"]!.GetValue<bool>());

    [Fact]
    public void A_provider_has_its_own_words()
    {
        var older = Provider with { MaxTokensField = "max_tokens", StreamUsage = false };
        var chat = Translate("""{"model":"m","input":"x","max_output_tokens":20,"stream":true}""", older, stream: true);
        Assert.Equal(20, chat["max_tokens"]!.GetValue<int>());
        Assert.True(chat["stream"]!.GetValue<bool>());
        Assert.Null(chat["stream_options"]);
        Same("""{"include_usage":true}""", Translate("""{"model":"m","input":"x"}""", stream: true)["stream_options"]);
        Assert.Null(Translate("""{"model":"m","input":"x","stream":true}""")["stream"]);
    }

    [Theory]
    [InlineData("\"input\":\"x\",\"tools\":[{\"type\":\"function\",\"name\":\"f\"},{\"type\":\"web_search\"}]", "unsupported_value", "tools[1].type")]
    [InlineData("\"input\":\"x\",\"tools\":[{\"type\":\"web_search\"}],\"tool_choice\":{\"type\":\"web_search\"}", "unsupported_value", "tools[0].type")]
    [InlineData("\"input\":\"x\",\"tools\":[{\"type\":\"function\",\"name\":\"f\"}],\"tool_choice\":{\"type\":\"mcp\",\"server_label\":\"s\"}", "unsupported_value", "tool_choice")]
    [InlineData("\"input\":\"x\",\"prompt\":{\"id\":\"p\"}", "unsupported_parameter", "prompt")]
    [InlineData("\"input\":\"x\",\"reasoning\":{\"mode\":\"pro\"}", "unsupported_parameter", "reasoning.mode")]
    [InlineData("\"input\":[{\"role\":\"user\",\"content\":\"x\"},{\"type\":\"web_search_call\",\"id\":\"w\"}]", "unsupported_value", "input[1].type")]
    [InlineData("\"input\":[{\"type\":\"acme:x\"}]", "unsupported_value", "input[0].type")]
    [InlineData("\"input\":[{\"role\":\"user\",\"content\":[{\"type\":\"input_text\",\"text\":\"x\"},{\"type\":\"input_image\",\"file_id\":\"f\"}]}]", "unsupported_parameter", "input[0].content[1].file_id")]
    [InlineData("\"input\":[{\"role\":\"user\",\"content\":[{\"type\":\"input_file\",\"file_url\":\"f\"}]}]", "unsupported_parameter", "input[0].content[0].file_url")]
    [InlineData("\"input\":[{\"role\":\"system\",\"content\":[{\"type\":\"input_image\",\"image_url\":\"f\"}]}]", "unsupported_value", "input[0].content[0].type")]
    [InlineData("\"input\":[{\"type\":\"function_call\",\"call_id\":\"c\",\"name\":\"f\",\"arguments\":\"\"},{\"type\":\"function_call_output\",\"call_id\":\"c\",\"output\":[{\"type\":\"input_file\",\"file_url\":\"f\"}]}]", "unsupported_parameter", "input[1].output[0].file_url")]
    [InlineData("\"input\":[{\"type\":\"compaction\",\"id\":\"cmp_1\",\"encrypted_content\":\"e\"}]", "invalid_encrypted_content", "input[0].encrypted_content")]
    public void What_chat_cannot_say_is_refused_by_path(string fields, string code, string param)
    {
        var error = Fails(fields);
        Assert.Equal((400, code, param), (error.Status, error.Code, error.Param));
    }

    [Fact]
    public void A_reference_that_nobody_resolved_is_not_found()
    {
        var error = Fails("\"input\":[{\"id\":\"rs_x\"}]");
        Assert.Equal((404, null, "input"), (error.Status, error.Code, error.Param));
        Assert.Equal(
            "Item with id 'rs_x' not found. Items are not persisted when `store` is set to false. Try again with `store` set to true, or remove this item from your input.",
            error.Message);
    }

    [Fact]
    public void An_item_of_the_chain_has_no_index_in_the_request()
    {
        using var chain = CreateResponseParserTests.Parse("""{"model":"m","input":[{"type":"web_search_call"}]}""");
        using var request = CreateResponseParserTests.Parse("""{"model":"m","input":"x"}""");
        var error = Assert.Throws<GatewayException>(() =>
            ResponsesToChat.Write(new ArrayBufferWriter<byte>(), request, [.. chain.Input, .. request.Input], "up", false, Provider)).Error;
        Assert.Equal("input", error.Param);
    }
}
