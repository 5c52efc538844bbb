using System.Text;

namespace AiGateway.Tests.Providers;

/// <summary>A text that is repeated for ever, behind a start.</summary>
internal sealed class EndlessStream(string start, string repeated, Action<int> onRead) : Stream
{
    private readonly byte[] _start = Encoding.UTF8.GetBytes(start);
    private readonly byte[] _repeated = Encoding.UTF8.GetBytes(repeated);
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => _position; set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var span = buffer.Span;
        for (var i = 0; i < span.Length; i++, _position++)
            span[i] = _position < _start.Length ? _start[_position] : _repeated[(_position - _start.Length) % _repeated.Length];
        onRead(span.Length);
        return new ValueTask<int>(span.Length);
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
