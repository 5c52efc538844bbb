using System.Diagnostics;
using AiGateway.EndToEnd.Tests.Scripted;
using OpenAI.Responses;

namespace AiGateway.EndToEnd.Tests.DotNet;

public sealed class CancellationTests(ScriptedGateway gateway) : IClassFixture<ScriptedGateway>
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);
    private readonly Sdk _sdk = new(gateway.Process.BaseUrl);

    [Theory]
    [InlineData("chat-endless")]
    [InlineData("native-endless")]
    public async Task Leaving_a_chat_stream_ends_the_call_upstream(string model)
    {
        await foreach (var update in _sdk.Chat(model).CompleteChatStreamingAsync("Hi"))
        {
            if (update.ContentUpdate.Any(p => p.Text.Length > 0))
                break;
        }

        await EndedAsync();
    }

    [Theory]
    [InlineData("chat-endless")]
    [InlineData("native-endless")]
    public async Task Leaving_a_responses_stream_ends_the_call_upstream(string model)
    {
        await foreach (var update in await _sdk.Responses.CreateResponseStreamingAsync(model, "Hi"))
        {
            if (update is StreamingResponseOutputTextDeltaUpdate)
                break;
        }

        await EndedAsync();
    }

    [Theory]
    [InlineData("chat-mute")]
    [InlineData("native-mute")]
    public async Task Cancelling_what_is_not_answered_yet_ends_the_call_upstream(string model)
    {
        using var chatLeaves = new CancellationTokenSource();
        var chat = _sdk.Chat(model).CompleteChatAsync(["Hi"], cancellationToken: chatLeaves.Token);
        await gateway.Observed.ArrivedAsync(_sdk.Mark);
        await chatLeaves.CancelAsync();
        await EndedAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => chat);

        var other = new Sdk(gateway.Process.BaseUrl);
        using var responseLeaves = new CancellationTokenSource();
        var response = other.Responses.CreateResponseAsync(model, "Hi", cancellationToken: responseLeaves.Token);
        await gateway.Observed.ArrivedAsync(other.Mark);
        await responseLeaves.CancelAsync();
        await gateway.Observed.AbortedAsync(other.Mark).WaitAsync(Soon);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => response);
    }

    private async Task EndedAsync()
    {
        var left = Stopwatch.GetTimestamp();
        await gateway.Observed.AbortedAsync(_sdk.Mark).WaitAsync(TimeSpan.FromSeconds(10));
        Assert.InRange(Stopwatch.GetElapsedTime(left), TimeSpan.Zero, Soon);
    }
}
