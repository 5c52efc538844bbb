using System.Buffers;
using System.IO.Pipelines;

namespace AiGateway.Pipeline;

/// <summary>
/// Room in a pipe, taken once for many small writes: what a web server does each time that it is asked for room, and each time that it is told
/// how much of it was used, costs more than an event. Until <see cref="Commit"/> the pipe knows nothing of what was written.
/// </summary>
internal sealed class PipeRoom(PipeWriter pipe) : IBufferWriter<byte>
{
    private Memory<byte> _room;
    private int _used;

    public void Advance(int count) => _used += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Ensure(sizeHint);
        return _room[_used..];
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Ensure(sizeHint);
        return _room.Span[_used..];
    }

    /// <summary>Tells the pipe what was written. To be done before it is flushed.</summary>
    public void Commit()
    {
        if (_used > 0)
            pipe.Advance(_used);
        _used = 0;
        _room = default;
    }

    private void Ensure(int size)
    {
        if (_room.Length - _used >= Math.Max(size, 1))
            return;
        Commit();
        _room = pipe.GetMemory(size);
    }
}
