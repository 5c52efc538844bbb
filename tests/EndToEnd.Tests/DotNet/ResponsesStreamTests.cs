using AiGateway.EndToEnd.Tests.Scripted;
using OpenAI.Responses;

namespace AiGateway.EndToEnd.Tests.DotNet;

public sealed class ResponsesStreamTests(ScriptedGateway gateway) : IClassFixture<ScriptedGateway>
{
    private readonly Sdk _sdk = new(gateway.Process.BaseUrl);

    public static TheoryData<string> Scenarios => ["text", "tool", "tools", "thinking", "refusing", "wordy", "likely", "failing", "lost"];

    [Theory]
    [InlineData("chat-text")]
    [InlineData("native-text")]
    public async Task Streams_every_event_of_a_message_in_order(string model)
    {
        var updates = await StreamAsync(model);

        Assert.Equal(
            [
                typeof(StreamingResponseCreatedUpdate), typeof(StreamingResponseInProgressUpdate),
                typeof(StreamingResponseOutputItemAddedUpdate), typeof(StreamingResponseContentPartAddedUpdate),
                typeof(StreamingResponseOutputTextDeltaUpdate), typeof(StreamingResponseOutputTextDeltaUpdate),
                typeof(StreamingResponseOutputTextDeltaUpdate), typeof(StreamingResponseOutputTextDeltaUpdate),
                typeof(StreamingResponseOutputTextDoneUpdate), typeof(StreamingResponseContentPartDoneUpdate),
                typeof(StreamingResponseOutputItemDoneUpdate), typeof(StreamingResponseCompletedUpdate),
            ],
            updates.Select(u => u.GetType()));
        var completed = ((StreamingResponseCompletedUpdate)updates[^1]).Response;
        Assert.Equal(Scenario.Text, string.Concat(updates.OfType<StreamingResponseOutputTextDeltaUpdate>().Select(u => u.Delta)));
        Assert.Equal(Scenario.Text, updates.OfType<StreamingResponseOutputTextDoneUpdate>().Single().Text);
        Assert.Equal(Scenario.Text, completed.GetOutputText());
        Assert.Equal((model, 17), (completed.Model, completed.Usage.TotalTokenCount));
        Assert.Equal(((StreamingResponseCreatedUpdate)updates[0]).Response.Id, completed.Id);
        var item = completed.OutputItems[0].Id;
        Assert.All(updates.OfType<StreamingResponseOutputTextDeltaUpdate>(), u => Assert.Equal(item, u.ItemId));
    }

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task Numbers_its_events_without_a_gap_and_ends_with_an_end(string scenario)
    {
        foreach (var model in new[] { "chat-" + scenario, "native-" + scenario })
        {
            var updates = await StreamAsync(model);

            Assert.Equal(Enumerable.Range(0, updates.Count), updates.Select(u => u.SequenceNumber));
            Assert.IsType<StreamingResponseCreatedUpdate>(updates[0]);
            Assert.Single(updates, u => u is StreamingResponseCompletedUpdate or StreamingResponseIncompleteUpdate or StreamingResponseFailedUpdate);
            if (updates[^1] is StreamingResponseFailedUpdate)
                continue;
            Assert.Equal(
                updates.OfType<StreamingResponseOutputItemAddedUpdate>().Select(u => u.OutputIndex),
                updates.OfType<StreamingResponseOutputItemDoneUpdate>().Select(u => u.OutputIndex).Order());
        }
    }

    [Theory]
    [InlineData("chat-refusing")]
    [InlineData("native-refusing")]
    public async Task Streams_a_refusal(string model)
    {
        var updates = await StreamAsync(model);

        Assert.Equal(Scenario.Refusal, string.Concat(updates.OfType<StreamingResponseRefusalDeltaUpdate>().Select(u => u.Delta)));
        Assert.Equal(Scenario.Refusal, updates.OfType<StreamingResponseRefusalDoneUpdate>().Single().Refusal);
    }

    [Theory]
    [InlineData("chat-recall")]
    [InlineData("native-recall")]
    public async Task A_streamed_response_is_gone_on_from(string model)
    {
        var first = ((StreamingResponseCompletedUpdate)(await StreamAsync(model))[^1]).Response;

        var second = (await _sdk.Responses.CreateResponseAsync(model, "Again", first.Id)).Value;

        Assert.Equal("I recall: Hi / I recall: Hi / Again", second.GetOutputText());
    }

    private async Task<List<StreamingResponseUpdate>> StreamAsync(string model)
    {
        var options = new CreateResponseOptions(model, [ResponseItem.CreateUserMessageItem("Hi")]) { StreamingEnabled = true };
        foreach (var tool in Functions.ForResponses)
            options.Tools.Add(tool);
        return await (await _sdk.Responses.CreateResponseStreamingAsync(options)).ToListAsync();
    }
}
