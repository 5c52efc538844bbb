using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.Schema;

namespace AiGateway.AspNetCore.Tests.Acceptance;

/// <summary>Case 3: an assistant's output may say which phase it belongs to, in either of two words.</summary>
public sealed class OutputPhaseSchemaTests
{
    [SchemaTheory]
    [InlineData("commentary", true)]
    [InlineData("final_answer", true)]
    [InlineData("afterthought", false)]
    public void Case_3_output_phase(string phase, bool isValid)
    {
        var item = JsonNode.Parse(
            $$"""{"type":"message","id":"msg_1","status":"completed","role":"assistant","phase":"{{phase}}","content":[{"type":"output_text","text":"Four.","annotations":[]}]}""")!;

        Assert.Equal(isValid, OpenResponsesSchema.Problems("ItemField", item).Count == 0);
    }
}
