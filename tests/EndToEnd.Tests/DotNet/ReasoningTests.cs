using AiGateway.EndToEnd.Tests.Scripted;
using OpenAI.Responses;

namespace AiGateway.EndToEnd.Tests.DotNet;

public sealed class ReasoningTests(ScriptedGateway gateway) : IClassFixture<ScriptedGateway>
{
    private readonly Sdk _sdk = new(gateway.Process.BaseUrl);

    [Theory]
    [InlineData("chat-thinking")]
    [InlineData("native-thinking")]
    public async Task Comes_before_the_message(string model)
    {
        var response = (await _sdk.Responses.CreateResponseAsync(model, "2+2?")).Value;

        var reasoning = Assert.IsType<ReasoningResponseItem>(response.OutputItems[0]);
        Assert.StartsWith("rs_", reasoning.Id);
        Assert.Equal("4", response.GetOutputText());
        Assert.Equal(4, response.Usage.OutputTokenDetails.ReasoningTokenCount);

        // The client has no property for the raw text, but keeps what it does not know.
        Assert.Contains(Scenario.Reasoning, System.ClientModel.Primitives.ModelReaderWriter.Write<ResponseItem>(reasoning).ToString());
    }

    [Theory]
    [InlineData("chat-thinking")]
    [InlineData("native-thinking")]
    public async Task Events_of_names_that_the_client_does_not_know_do_no_harm(string model)
    {
        var updates = await (await _sdk.Responses.CreateResponseStreamingAsync(model, "2+2?")).ToListAsync();

        Assert.Contains(updates, u => u.Kind.ToString() == "response.reasoning.delta");
        Assert.Equal("4", Assert.IsType<StreamingResponseCompletedUpdate>(updates[^1]).Response.GetOutputText());
    }

    [Fact]
    public async Task A_summary_is_streamed()
    {
        var updates = await (await _sdk.Responses.CreateResponseStreamingAsync("native-thinking", "2+2?")).ToListAsync();

        Assert.Equal("Adding.", string.Concat(updates.OfType<StreamingResponseReasoningSummaryTextDeltaUpdate>().Select(u => u.Delta)));
        Assert.Equal("Adding.", updates.OfType<StreamingResponseReasoningSummaryTextDoneUpdate>().Single().Text);
        var completed = ((StreamingResponseCompletedUpdate)updates[^1]).Response;
        Assert.Equal("Adding.", ((ReasoningResponseItem)completed.OutputItems[0]).GetSummaryText());
    }
}
