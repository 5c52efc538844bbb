namespace AiGateway.Pipeline;

/// <summary>Keeps a response's end, so that what its client is told is true whatever happens next.</summary>
internal interface IResponseKeeper
{
    /// <summary>Keeps it. To be called before the client sees that the response ended.</summary>
    /// <param name="status">completed, incomplete, failed or cancelled.</param>
    /// <param name="body">The final response object.</param>
    ValueTask KeepAsync(string status, ReadOnlyMemory<byte> body);
}
