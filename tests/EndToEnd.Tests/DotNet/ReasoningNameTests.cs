using AiGateway.EndToEnd.Tests.Scripted;
using OpenAI.Responses;

namespace AiGateway.EndToEnd.Tests.DotNet;

public sealed class ReasoningNameTests(OpenAiNamesGateway gateway) : IClassFixture<OpenAiNamesGateway>
{
    [Theory]
    [InlineData("chat-thinking")]
    [InlineData("native-thinking")]
    public async Task The_raw_text_is_streamed_under_the_clients_names_by_default(string model)
    {
        var updates = await (await new Sdk(gateway.Process.BaseUrl).Responses.CreateResponseStreamingAsync(model, "2+2?")).ToListAsync();

        Assert.Equal(Scenario.Reasoning, string.Concat(updates.OfType<StreamingResponseReasoningTextDeltaUpdate>().Select(u => u.Delta)));
        Assert.Equal(Scenario.Reasoning, updates.OfType<StreamingResponseReasoningTextDoneUpdate>().Single().Text);
        Assert.All(updates, u => Assert.True(u.GetType().IsPublic, $"Not known to the client: {u.Kind}"));
    }
}
