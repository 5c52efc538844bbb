namespace AiGateway.Providers.Demo;

/// <summary>A body that is computed while it is read, a frame at a time. Between frames it lets others run, so that each is sent on by itself.</summary>
internal sealed class FrameStream(IEnumerable<byte[]> frames, CancellationToken caller) : ForwardStream
{
    private readonly IEnumerator<byte[]> _frames = frames.GetEnumerator();
    private ReadOnlyMemory<byte> _left;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_left.IsEmpty)
        {
            await Task.Yield();
            caller.ThrowIfCancellationRequested();
            cancellationToken.ThrowIfCancellationRequested();
            if (!_frames.MoveNext())
                return 0;
            _left = _frames.Current;
        }

        var count = Math.Min(buffer.Length, _left.Length);
        _left[..count].CopyTo(buffer);
        _left = _left[count..];
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _frames.Dispose();
        base.Dispose(disposing);
    }
}
