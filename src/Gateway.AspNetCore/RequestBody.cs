using System.Buffers;
using System.IO.Pipelines;
using AiGateway.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace AiGateway.AspNetCore;

/// <summary>Reads a request's body whole, within the bound, into memory that is nobody else's.</summary>
internal static class RequestBody
{
    // Up to here a length is taken at its word; a larger one gets memory only as its bytes come.
    private const int MaxExactBytes = 1024 * 1024;

    /// <summary>Reads it.</summary>
    /// <param name="request">The request.</param>
    /// <param name="maxBytes">The most bytes to take.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    /// <returns>The body.</returns>
    /// <exception cref="GatewayException">413 where it is larger, 415 where it is no JSON by its content type, 400 where it ends early.</exception>
    public static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, long maxBytes, CancellationToken cancellationToken)
    {
        // What nearly every client says need not be parsed.
        if (request.ContentType is not "application/json" && !request.HasJsonContentType())
            throw new GatewayException(GatewayErrors.UnsupportedMediaType(request.ContentType));

        // Bytes are counted here alone: the server's limit is lower by default, its error is not ours, and it would break the connection of a client
        // that is still sending before it could read the answer. Without one, the rest is read and dropped for some seconds.
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = null;
        if (request.ContentLength > maxBytes)
            throw new GatewayException(GatewayErrors.TooLarge(maxBytes));
        try
        {
            return request.ContentLength is { } length and <= MaxExactBytes
                ? await ReadExactAsync(request.BodyReader, (int)length, cancellationToken)
                : await ReadGrowingAsync(request.BodyReader, maxBytes, cancellationToken);
        }
        catch (BadHttpRequestException e)
        {
            throw new GatewayException(
                e.StatusCode == StatusCodes.Status413PayloadTooLarge
                    ? GatewayErrors.TooLarge(maxBytes)
                    : new GatewayError(e.StatusCode, GatewayErrors.InvalidRequestType, null, "The request body could not be read to its end."),
                e);
        }
    }

    private static async ValueTask<ReadOnlyMemory<byte>> ReadExactAsync(PipeReader reader, int length, CancellationToken cancellationToken)
    {
        var body = GC.AllocateUninitializedArray<byte>(length);
        var count = 0;
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            read.Buffer.CopyTo(body.AsSpan(count));
            count += (int)read.Buffer.Length;
            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted || count == length)
                return body.AsMemory(0, count);
        }
    }

    private static async ValueTask<ReadOnlyMemory<byte>> ReadGrowingAsync(PipeReader reader, long maxBytes, CancellationToken cancellationToken)
    {
        var body = new ArrayBufferWriter<byte>();
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            var isTooLarge = body.WrittenCount + read.Buffer.Length > maxBytes;
            if (!isTooLarge)
            {
                foreach (var segment in read.Buffer)
                    body.Write(segment.Span);
            }

            reader.AdvanceTo(read.Buffer.End);
            if (isTooLarge)
                throw new GatewayException(GatewayErrors.TooLarge(maxBytes));
            if (read.IsCompleted)
                return body.WrittenMemory;
        }
    }
}
