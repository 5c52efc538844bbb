using System.Text.Json.Nodes;

namespace AiGateway.AspNetCore.Tests.Schema;

/// <inheritdoc cref="ResponseProbeTests"/>
public sealed class ItemProbeTests
{
    private const string FileCitation = """[{"type":"output_text","text":"Hi","annotations":[{"type":"file_citation","file_id":"f","index":0,"filename":"n"}]}]""";

    [SchemaTheory]
    [InlineData(Samples.Message, "status", "\"in_progress\"", true)]
    [InlineData(Samples.Message, "status", null, false)]
    [InlineData(Samples.Message, "status", "\"failed\"", false)]
    [InlineData(Samples.Message, "role", "\"tool\"", false)]
    [InlineData(Samples.Message, "phase", "\"commentary\"", true)]
    [InlineData(Samples.Message, "phase", "null", false)]
    [InlineData(Samples.Message, "content", """[{"type":"output_text","text":"Hi"}]""", false)]
    [InlineData(Samples.Message, "content", """[{"type":"output_text","text":"Hi","annotations":[],"logprobs":[]}]""", true)]
    [InlineData(Samples.Message, "content", """[{"type":"output_text","text":"Hi","annotations":[],"logprobs":null}]""", false)]
    [InlineData(Samples.Message, "content", """[{"type":"refusal","refusal":"No."}]""", true)]
    [InlineData(Samples.Message, "content", """[{"type":"input_image","image_url":"https://x/y.png"}]""", false)]
    [InlineData(Samples.Message, "content", """[{"type":"input_image","image_url":"https://x/y.png","detail":"auto"}]""", true)]
    [InlineData(Samples.Message, "content", """[{"type":"input_file","file_id":"f","file_data":"AA=="}]""", true)]
    [InlineData(Samples.Message, "content", FileCitation, false)]
    [InlineData(Samples.Reasoning, "status", "\"completed\"", true)]
    [InlineData(Samples.Reasoning, "summary", null, false)]
    [InlineData(Samples.Reasoning, "content", "[]", true)]
    [InlineData(Samples.Reasoning, "content", """[{"type":"reasoning_text","text":"Hm"}]""", true)]
    [InlineData(Samples.Reasoning, "content", "null", false)]
    [InlineData(Samples.Reasoning, "encrypted_content", "\"gAAAA\"", true)]
    [InlineData(Samples.Reasoning, "encrypted_content", "null", false)]
    [InlineData(Samples.Call, "id", "\"fc_2\"", true)]
    [InlineData(Samples.Call, "id", null, false)]
    [InlineData(Samples.Call, "status", null, false)]
    [InlineData(Samples.Call, "arguments", """{"a":1}""", false)]
    [InlineData(Samples.Call, "type", "\"custom_tool_call\"", false)]
    [InlineData(Samples.Call, "type", "\"mcp_call\"", false)]
    [InlineData(Samples.Message, "type", "\"acme:note\"", false)]
    [InlineData(Samples.Reasoning, "type", "\"openai:web_search_call\"", false)]
    public void An_item_is_taken_or_refused(string sample, string member, string? json, bool isValid) =>
        Assert.Equal(isValid, OpenResponsesSchema.Problems("ItemField", Samples.With(sample, member, json)).Count == 0);

    [SchemaFact]
    public void An_output_of_parts_is_taken() => Assert.Empty(OpenResponsesSchema.Problems("ItemField", JsonNode.Parse(
        """{"type":"function_call_output","id":"fc_1","call_id":"call_1","status":"completed","output":[{"type":"input_text","text":"t"}]}""")!));
}
