namespace AiGateway.Tests.Providers;

/// <summary>Bytes that arrive in pieces of given sizes, over and over; every other piece arrives asynchronously.</summary>
internal sealed class SplitStream(byte[] bytes, int[] sizes) : MemoryStream(bytes)
{
    private int _reads;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var size = Math.Min(sizes[_reads % sizes.Length], buffer.Length);
        if (_reads++ % 2 == 1)
            await Task.Yield();
        return Read(buffer.Span[..size]);
    }
}
