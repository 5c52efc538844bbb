using AiGateway.EndToEnd.Tests.Processes;
using AiGateway.EndToEnd.Tests.Scripted;
using AiGateway.Upstream;
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

    [Fact]
    public async Task A_summary_is_streamed()
    {
        var updates = await (await _sdk.Responses.CreateResponseStreamingAsync("native-thinking", "2+2?")).ToListAsync();

        Assert.Equal("Adding.", string.Concat(updates.OfType<StreamingResponseReasoningSummaryTextDeltaUpdate>().Select(u => u.Delta)));
        Assert.Equal("Adding.", updates.OfType<StreamingResponseReasoningSummaryTextDoneUpdate>().Single().Text);
        var completed = ((StreamingResponseCompletedUpdate)updates[^1]).Response;
        Assert.Equal("Adding.", ((ReasoningResponseItem)completed.OutputItems[0]).GetSummaryText());
    }

    [Fact]
    public async Task The_raw_text_is_streamed_under_the_clients_names_where_so_configured()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        Scenario.PlayAt(upstream, new Observed(upstream));
        await using var process = await GatewayProcess.StartAsync(ScriptedGateway.Settings(upstream, reasoningEvents: "openai"));
        var sdk = new Sdk(process.BaseUrl);

        foreach (var model in new[] { "chat-thinking", "native-thinking" })
        {
            var updates = await (await sdk.Responses.CreateResponseStreamingAsync(model, "2+2?")).ToListAsync();

            Assert.Equal(Scenario.Reasoning, string.Concat(updates.OfType<StreamingResponseReasoningTextDeltaUpdate>().Select(u => u.Delta)));
            Assert.Equal(Scenario.Reasoning, updates.OfType<StreamingResponseReasoningTextDoneUpdate>().Single().Text);
            Assert.DoesNotContain(updates, u => u.GetType() == typeof(StreamingResponseUpdate) || u.GetType().Name.Contains("Unknown", StringComparison.Ordinal));
        }
    }
}
