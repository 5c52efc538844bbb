namespace AiGateway.Providers;

/// <summary>A body that is here already, to its last byte.</summary>
/// <param name="bytes">The bytes.</param>
/// <param name="answer">What it was read from; let go of with it. Null for nothing.</param>
internal sealed class WholeBody(ReadOnlyMemory<byte> bytes, ProviderAnswer? answer) : ForwardStream
{
    private int _at;

    public ReadOnlyMemory<byte> Bytes => bytes;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = Math.Min(buffer.Length, bytes.Length - _at);
        bytes.Slice(_at, count).CopyTo(buffer);
        _at += count;
        return new(count);
    }

    public override ValueTask DisposeAsync() => answer?.DisposeAsync() ?? default;
}
