using System.Buffers;

namespace AiGateway.Responses.Running;

/// <summary>
/// Bytes of frames, of which the first are taken while the last are still written. What was written is never written again, so that a piece
/// that somebody took stays what it was.
/// </summary>
internal sealed class FrameBuffer : IBufferWriter<byte>
{
    private const int Smallest = 4096;

    private byte[] _bytes = [];
    private int _start;
    private int _end;

    /// <summary>How many bytes nobody took.</summary>
    public int Length => _end - _start;

    /// <summary>The bytes that nobody took.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(_start, Length);

    /// <summary>Takes the first bytes.</summary>
    public void Take(int count) => _start += count;

    public void Advance(int count) => _end += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _bytes.AsMemory(_end);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _bytes.AsSpan(_end);
    }

    // Never in place: pieces of the old array are in other hands.
    private void MakeRoom(int size)
    {
        if (_bytes.Length - _end >= Math.Max(size, 1))
            return;
        var larger = new byte[Math.Max(Smallest, 2 * (Length + size))];
        _bytes.AsSpan(_start, Length).CopyTo(larger);
        (_bytes, _end, _start) = (larger, Length, 0);
    }
}
