using System.Runtime.CompilerServices;

namespace AiGateway.Providers.Events;

/// <summary>
/// A body on its way to the event parser. It counts what has come since the last blank line, so that no event, however many lines it
/// has or if it never ends one, makes the parser's buffers grow without bound; and it ends a body with a blank line,
/// since providers forget that behind the last event.
/// </summary>
internal sealed class BoundedEventSource(Stream body, int maxEventBytes) : Stream
{
    private static ReadOnlySpan<byte> End => "\n\n"u8;

    private long _sinceBlankLine;
    private byte _last = (byte)'\n';
    private int _ended;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_ended > 0)
            return new ValueTask<int>(Finish(buffer.Span));
        var read = body.ReadAsync(buffer, cancellationToken);
        return read.IsCompletedSuccessfully
            ? new ValueTask<int>(Count(buffer.Span, read.Result))
            : WaitAsync(read, buffer);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> WaitAsync(ValueTask<int> read, Memory<byte> buffer)
    {
        var count = await read;
        return Count(buffer.Span, count);
    }

    private int Count(Span<byte> buffer, int read)
    {
        if (read == 0 && buffer.Length > 0)
            return Finish(buffer);
        var chunk = buffer[..read];
        var behind = BehindLastBlankLine(chunk);
        _sinceBlankLine = behind < 0 ? _sinceBlankLine + read : read - behind;
        if (_sinceBlankLine > maxEventBytes)
            throw new ProviderException(ProviderFailure.TooLarge);
        if (read > 0)
            _last = chunk[^1];
        return read;
    }

    // The offset behind the last blank line of a chunk, or -1. Nearly always the chunk ends in one.
    private int BehindLastBlankLine(ReadOnlySpan<byte> chunk)
    {
        var end = chunk.Length;
        while (chunk[..end].LastIndexOfAny((byte)'\n', (byte)'\r') is >= 0 and var at)
        {
            var start = chunk[at] == '\n' && at > 0 && chunk[at - 1] == '\r' ? at - 1 : at;
            var before = start > 0 ? chunk[start - 1] : _last;
            // At the very start a LF behind the last chunk's CR is that line's end, not another line.
            var isTail = start == 0 && chunk[0] == '\n' && _last == '\r';
            if (before is (byte)'\n' or (byte)'\r' && !isTail)
                return at + 1;
            end = start;
        }

        return -1;
    }

    private int Finish(Span<byte> buffer)
    {
        var rest = End[_ended..];
        var count = Math.Min(rest.Length, buffer.Length);
        rest[..count].CopyTo(buffer);
        _ended += count;
        return count;
    }
}
