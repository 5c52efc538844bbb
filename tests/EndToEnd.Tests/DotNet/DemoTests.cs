using AiGateway.EndToEnd.Tests.Processes;
using OpenAI.Chat;
using OpenAI.Responses;

namespace AiGateway.EndToEnd.Tests.DotNet;

/// <summary>What a newcomer sees: nothing configured, an SDK pointed at it.</summary>
public sealed class DemoTests(DemoGateway gateway) : IClassFixture<DemoGateway>
{
    private const string Model = "demo";
    private readonly Sdk _sdk = new(gateway.Process.BaseUrl);

    [Fact]
    public async Task Chat_whole_and_streamed_is_the_same()
    {
        var completion = (await _sdk.Chat(Model).CompleteChatAsync("Hello there")).Value;
        var updates = await _sdk.Chat(Model).CompleteChatStreamingAsync("Hello there").ToListAsync();

        Assert.Contains("Hello there", completion.Content[0].Text);
        Assert.Equal(completion.Content[0].Text, string.Concat(updates.SelectMany(u => u.ContentUpdate).Select(p => p.Text)));
        Assert.True(updates.Count > 3);
        Assert.True(completion.Usage.TotalTokenCount > 0);
        Assert.Equal(completion.Usage.TotalTokenCount, updates.Single(u => u.Usage is not null).Usage.TotalTokenCount);
    }

    [Fact]
    public async Task Responses_whole_streamed_and_continued()
    {
        var first = (await _sdk.Responses.CreateResponseAsync(Model, "Hello there")).Value;
        var updates = await (await _sdk.Responses.CreateResponseStreamingAsync(Model, "Hello there")).ToListAsync();
        var next = (await _sdk.Responses.CreateResponseAsync(Model, "And again", first.Id)).Value;

        Assert.Equal(ResponseStatus.Completed, first.Status);
        Assert.Contains("Hello there", first.GetOutputText());
        Assert.Equal(first.GetOutputText(), string.Concat(updates.OfType<StreamingResponseOutputTextDeltaUpdate>().Select(u => u.Delta)));
        Assert.True(next.Usage.InputTokenCount > first.Usage.InputTokenCount);
    }

    [Fact]
    public async Task Tools_are_called_and_their_results_told()
    {
        var options = new ChatCompletionOptions { Tools = { Functions.ForChat[0] } };
        var messages = new List<ChatMessage> { new UserChatMessage("Weather in Paris?") };
        var called = (await _sdk.Chat(Model).CompleteChatAsync(messages, options)).Value;
        var call = Assert.Single(called.ToolCalls);
        messages.Add(new AssistantChatMessage(called));
        messages.Add(new ToolChatMessage(call.Id, "21 degrees"));

        var told = (await _sdk.Chat(Model).CompleteChatAsync(messages, options)).Value;

        Assert.Equal("get_weather", call.FunctionName);
        Assert.Contains("21 degrees", told.Content[0].Text);
    }

    [Fact]
    public async Task Embeddings_images_and_models()
    {
        var embedding = (await _sdk.Embeddings(Model).GenerateEmbeddingAsync("Hello")).Value;
        var image = (await _sdk.Images(Model).GenerateImageAsync("A cat", new() { ResponseFormat = OpenAI.Images.GeneratedImageFormat.Bytes })).Value;
        var models = (await _sdk.Models.GetModelsAsync()).Value;

        Assert.NotEqual(0, embedding.ToFloats().Length);
        Assert.Equal(0x89, image.ImageBytes.ToArray()[0]);
        Assert.Equal([Model], models.Select(m => m.Id));
    }
}
