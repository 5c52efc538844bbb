using System.Buffers;

namespace AiGateway.Providers;

/// <summary>Reads whole bodies, within a bound.</summary>
internal static class BodyReading
{
    /// <summary>The most that a whole (not streamed) answer may hold: images are large.</summary>
    public const int MaxAnswerBytes = 256 * 1024 * 1024;

    private const int FirstBuffer = 16 * 1024;

    /// <summary>Reads a body to its end.</summary>
    /// <param name="body">The body.</param>
    /// <param name="length">Its length; null where not known.</param>
    /// <param name="maxBytes">The most bytes to take.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <exception cref="ProviderException">It is larger, or shorter than its length.</exception>
    public static async ValueTask<ReadOnlyMemory<byte>> ToEndAsync(Stream body, long? length, int maxBytes, CancellationToken cancellationToken)
    {
        if (length > maxBytes)
            throw new ProviderException(ProviderFailure.TooLarge);
        return length is { } known
            ? await ExactAsync(body, new byte[(int)known], cancellationToken)
            : await GrowingAsync(body, maxBytes, cancellationToken);
    }

    /// <summary>Reads the beginning of a body, and leaves the rest.</summary>
    /// <param name="body">The body.</param>
    /// <param name="maxBytes">The most bytes to take.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public static async ValueTask<ReadOnlyMemory<byte>> HeadAsync(Stream body, int maxBytes, CancellationToken cancellationToken)
    {
        var buffer = new byte[maxBytes];
        var count = await body.ReadAtLeastAsync(buffer, maxBytes, throwOnEndOfStream: false, cancellationToken);
        return buffer.AsMemory(0, count);
    }

    private static async ValueTask<ReadOnlyMemory<byte>> ExactAsync(Stream body, byte[] buffer, CancellationToken cancellationToken)
    {
        var count = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return count == buffer.Length ? buffer : throw new ProviderException(ProviderFailure.ClosedEarly);
    }

    private static async ValueTask<ReadOnlyMemory<byte>> GrowingAsync(Stream body, int maxBytes, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
        try
        {
            var count = 0;
            while (await body.ReadAsync(buffer.AsMemory(count), cancellationToken) is > 0 and var read)
            {
                count += read;
                if (count > maxBytes)
                    throw new ProviderException(ProviderFailure.TooLarge);
                if (count == buffer.Length)
                {
                    var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min((long)count * 2, Array.MaxLength));
                    buffer.AsSpan(0, count).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }
            }

            return buffer.AsSpan(0, count).ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
