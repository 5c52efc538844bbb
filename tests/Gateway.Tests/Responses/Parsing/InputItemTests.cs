using AiGateway.Responses;
using Xunit;

namespace AiGateway.Tests.Responses.Parsing;

/// <summary>Which items are accepted, as what, and which forms a tool choice takes.</summary>
public sealed class InputItemTests
{
    [Theory]
    [InlineData("""{"role":"user","content":"x"}""", "message")]
    [InlineData("""{"type":null,"role":"user","content":"x"}""", "message")]
    [InlineData("""{"type":"message","role":"assistant","phase":"commentary","content":"x","id":null,"status":null}""", "message")]
    [InlineData("""{"type":"message","role":"assistant","phase":null,"content":[{"type":"output_text","text":"x"},{"type":"refusal","refusal":"no"}]}""", "message")]
    [InlineData("""{"type":"message","role":"user","content":[]}""", "message")]
    [InlineData("""{"type":"message","role":"user","content":[{"type":"input_image","image_url":null,"file_id":"f","detail":null}]}""", "message")]
    [InlineData("""{"id":"msg_1"}""", "item_reference")]
    [InlineData("""{"type":null,"id":"msg_1"}""", "item_reference")]
    [InlineData("""{"type":"item_reference","id":"msg_1"}""", "item_reference")]
    [InlineData("""{"type":"function_call","call_id":"c","name":"f","arguments":"{}","status":null}""", "function_call")]
    [InlineData("""{"type":"function_call_output","call_id":"c","output":[{"type":"input_video","video_url":"v"}]}""", "function_call_output")]
    [InlineData("""{"type":"custom_tool_call","call_id":"c","name":"f","input":""}""", "custom_tool_call")]
    [InlineData("""{"type":"custom_tool_call_output","call_id":"c","output":""}""", "custom_tool_call_output")]
    [InlineData("""{"type":"reasoning","summary":[],"content":null,"encrypted_content":null,"id":"rs_1"}""", "reasoning")]
    [InlineData("""{"type":"reasoning","summary":[{"type":"summary_text","text":"s"}],"content":[{"type":"reasoning_text","text":"t"}]}""", "reasoning")]
    [InlineData("""{"type":"compaction","encrypted_content":"x"}""", "compaction")]
    [InlineData("""{"type":"web_search_call","id":"ws_1","status":"completed","action":{}}""", "web_search_call")]
    [InlineData("""{"type":"acme:thing","id":"x","status":"completed"}""", "acme:thing")]
    public void An_item_is_kept_as_it_came(string item, string type)
    {
        using var request = CreateResponseParserTests.Parse($$"""{"model":"m","input":[{{item}}]}""");
        Assert.Equal(type, request.Input[0].Type);
        Assert.Equal(item, request.Input[0].Json.GetRawText());
    }

    private static ToolChoice Choice(string choice)
    {
        using var request = CreateResponseParserTests.Parse($$"""
            {"model":"m","input":"x","tools":[{"type":"function","name":"f"},{"type":"function","name":"g"},{"type":"custom","name":"c"},{"type":"web_search"},
             {"type":"namespace","name":"ns","description":"d","tools":[{"type":"function","name":"inner"}]}],"tool_choice":{{choice}}}
            """);
        return request.ToolChoice;
    }

    [Fact]
    public void A_choice_by_word()
    {
        Assert.True(Choice("\"auto\"").Permits("f"));
        Assert.False(Choice("\"none\"").Permits("f"));
    }

    [Fact]
    public void A_function_by_name()
    {
        var choice = Choice("""{"type":"function","name":"f"}""");
        Assert.Equal(("required", "f", false), (choice.Mode, choice.Function, choice.NativeOnly));
        Assert.False(choice.Permits("g"));
        Assert.Equal("inner", Choice("""{"type":"function","name":"inner"}""").Function);
    }

    [Fact]
    public void A_custom_tool_by_name()
    {
        var choice = Choice("""{"type":"custom","name":"c"}""");
        Assert.Equal(("required", "c", false), (choice.Mode, choice.Custom, choice.NativeOnly));
        Assert.False(choice.Permits("f"));
    }

    [Fact]
    public void Allowed_tools()
    {
        var choice = Choice("""{"type":"allowed_tools","tools":[{"type":"function","name":"g"},{"type":"custom","name":"c"}]}""");
        Assert.Equal("auto", choice.Mode);
        Assert.Equal(["g", "c"], choice.Allowed!);
        Assert.False(choice.Permits("f"));
        Assert.True(choice.Permits("g"));
        Assert.False(choice.NativeOnly);
        Assert.True(Choice("""{"type":"allowed_tools","mode":"required","tools":[{"type":"web_search"}]}""").NativeOnly);
    }

    [Fact]
    public void A_hosted_tool_needs_a_provider_that_has_it() => Assert.True(Choice("""{"type":"mcp","server_label":"x"}""").NativeOnly);

    [Theory]
    [InlineData("""[{"role":"user","content":"x"},{"type":"compaction_trigger"}]""", 1, true)]
    [InlineData("""[{"type":"compaction_trigger"}]""", 0, true)]
    [InlineData("""[{"role":"user","content":"x"}]""", 1, false)]
    public void A_compaction_trigger_is_no_item_but_says_what_is_to_be_done(string input, int items, bool compacts)
    {
        using var request = CreateResponseParserTests.Parse($$"""{"model":"m","input":{{input}}}""");
        Assert.Equal((items, compacts), (request.Input.Count, request.Compacts));
    }
}
