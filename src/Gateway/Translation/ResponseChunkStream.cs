using System.Buffers;
using AiGateway.Providers;
using AiGateway.Providers.Events;

namespace AiGateway.Translation;

/// <summary>A stream of response events, read as the bytes of a chat stream: whoever relays chat can relay it and need not know.</summary>
internal sealed class ResponseChunkStream : ForwardStream
{
    private readonly ProviderAnswer _answer;
    private readonly EventStreamReader _events;
    private readonly ResponseEventsToChatChunks _translation;
    private readonly ArrayBufferWriter<byte> _frames = new(1024);
    private int _read;

    /// <summary>Takes over an answer.</summary>
    /// <param name="answer">The answer; disposed with this.</param>
    /// <param name="translation">The stream's translation.</param>
    /// <param name="cancellationToken">Passed to every read.</param>
    public ResponseChunkStream(ProviderAnswer answer, ResponseEventsToChatChunks translation, CancellationToken cancellationToken)
    {
        _answer = answer;
        _events = new EventStreamReader(answer.Body, cancellationToken: cancellationToken);
        _translation = translation;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_read == _frames.WrittenCount)
        {
            if (_translation.IsFinished)
                return 0;
            _frames.ResetWrittenCount();
            _read = 0;
            if (!await _events.ReadAsync())
                throw new ProviderException(ProviderFailure.ClosedEarly);
            _translation.OnEvent(null, _events.Data.Span, _frames);
        }

        var count = Math.Min(buffer.Length, _frames.WrittenCount - _read);
        _frames.WrittenSpan.Slice(_read, count).CopyTo(buffer.Span);
        _read += count;
        return count;
    }

    public override async ValueTask DisposeAsync()
    {
        await _events.DisposeAsync();
        await _answer.DisposeAsync();
    }
}
