using System.Text.Json.Nodes;

namespace AiGateway.AspNetCore.Tests.Schema;

/// <summary>
/// Whether the schema check really checks response objects: what Open Responses' own validator takes and refuses, it takes and refuses
/// (<c>spec/schema-probe.txt</c>; the file itself asks for two keys more than that validator, <c>spec/acceptance.md</c> §4).
/// </summary>
public sealed class ResponseProbeTests
{
    public static TheoryData<string> Keys => [.. JsonNode.Parse(Samples.Response)!.AsObject().Select(member => member.Key)];

    [SchemaFact]
    public void The_sample_is_right() => Assert.Empty(OpenResponsesSchema.Problems("ResponseResource", JsonNode.Parse(Samples.Response)!));

    [SchemaTheory]
    [MemberData(nameof(Keys))]
    public void Every_key_must_be_there(string key) =>
        Assert.NotEmpty(OpenResponsesSchema.Problems("ResponseResource", Samples.With(Samples.Response, key, null)));

    [SchemaTheory]
    [MemberData(nameof(Keys))]
    public void Some_keys_may_be_null(string key)
    {
        string[] nullable =
        [
            "completed_at", "incomplete_details", "previous_response_id", "instructions", "error", "reasoning", "usage", "max_output_tokens",
            "max_tool_calls", "metadata", "safety_identifier", "prompt_cache_key",
        ];

        Assert.Equal(nullable.Contains(key), OpenResponsesSchema.Problems("ResponseResource", Samples.With(Samples.Response, key, "null")).Count == 0);
    }

    [SchemaTheory]
    [InlineData("acme_extra", """{"a":1}""", true)]
    [InlineData("status", "\"queued\"", true)]
    [InlineData("status", "\"cancelled\"", true)]
    [InlineData("object", "\"answer\"", false)]
    [InlineData("created_at", "1760000000.5", false)]
    [InlineData("instructions", """[{"type":"message"}]""", false)]
    [InlineData("reasoning", """{"effort":"low","summary":"auto"}""", true)]
    [InlineData("reasoning", """{"effort":"minimal","summary":null}""", false)]
    [InlineData("reasoning", "{}", false)]
    [InlineData("text", """{"format":{"type":"text"},"verbosity":"high"}""", true)]
    [InlineData("text", """{"format":{"type":"text"},"verbosity":"chatty"}""", false)]
    [InlineData("text", """{"format":{"type":"json_object"}}""", true)]
    [InlineData("text", """{"format":{"type":"json_schema","name":"n","description":null,"schema":null,"strict":true}}""", true)]
    [InlineData("text", """{"format":{"type":"json_schema","name":"n","description":null,"schema":{"type":"object"},"strict":true}}""", false)]
    [InlineData("tools", """[{"type":"function","name":"f","description":null,"parameters":{"type":"object"},"strict":null}]""", true)]
    [InlineData("tools", """[{"type":"function","name":"f","description":null,"parameters":null}]""", false)]
    [InlineData("tools", """[{"type":"web_search"}]""", false)]
    [InlineData("tool_choice", "\"required\"", true)]
    [InlineData("tool_choice", "\"perhaps\"", false)]
    [InlineData("tool_choice", """{"type":"function","name":"f"}""", true)]
    [InlineData("tool_choice", """{"type":"allowed_tools","tools":[{"type":"function","name":"f"}],"mode":"auto"}""", true)]
    [InlineData("tool_choice", """{"type":"allowed_tools","tools":[{"type":"function","name":"f"}]}""", false)]
    [InlineData("tool_choice", """{"type":"web_search"}""", false)]
    [InlineData("usage", """{"input_tokens":1,"output_tokens":1,"total_tokens":2}""", false)]
    [InlineData("error", """{"code":"server_error","message":"m"}""", true)]
    [InlineData("error", """{"code":"server_error","message":"m","type":"server_error","param":null}""", true)]
    [InlineData("error", """{"code":null,"message":"m"}""", false)]
    [InlineData("incomplete_details", """{"reason":"max_output_tokens"}""", true)]
    [InlineData("incomplete_details", "{}", false)]
    [InlineData("output", $"[{Samples.Message},{Samples.Call},{Samples.Reasoning}]", true)]
    [InlineData("output", """[{"type":"web_search_call","id":"ws_1","status":"completed"}]""", false)]
    public void A_value_is_taken_or_refused(string key, string json, bool isValid) =>
        Assert.Equal(isValid, OpenResponsesSchema.Problems("ResponseResource", Samples.With(Samples.Response, key, json)).Count == 0);
}
