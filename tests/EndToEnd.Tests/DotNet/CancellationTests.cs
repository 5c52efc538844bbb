using AiGateway.EndToEnd.Tests.Scripted;
using AiGateway.Upstream;
using OpenAI.Responses;

namespace AiGateway.EndToEnd.Tests.DotNet;

public sealed class CancellationTests : IClassFixture<ScriptedGateway>, IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);
    private readonly ScriptedGateway _gateway;

    // .NET's HTTP client reads an answer that is let go on for two seconds, to use the connection again; these tests time the gateway.
    private readonly HttpClient _http = new(new SocketsHttpHandler { ResponseDrainTimeout = TimeSpan.Zero });
    private readonly Sdk _sdk;

    public CancellationTests(ScriptedGateway gateway)
    {
        _gateway = gateway;
        _sdk = new Sdk(gateway.Process.BaseUrl, http: _http);
    }

    public void Dispose() => _http.Dispose();

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
        await _gateway.Observed.ArrivedAsync(_sdk.Mark);
        await chatLeaves.CancelAsync();
        await EndedAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => chat);

        var other = new Sdk(_gateway.Process.BaseUrl);
        using var responseLeaves = new CancellationTokenSource();
        var response = other.Responses.CreateResponseAsync(model, "Hi", cancellationToken: responseLeaves.Token);
        await _gateway.Observed.ArrivedAsync(other.Mark);
        await responseLeaves.CancelAsync();
        await EndedAsync(other);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => response);
    }

    private Task EndedAsync() => EndedAsync(_sdk);

    private Task EndedAsync(Sdk sdk) => _gateway.Observed.AbortedAsync(sdk.Mark).WithinAsync(Soon, _gateway.Process.TakeTurnAsync);
}
