namespace AiGateway.Pipeline;

/// <summary>The client left, as a write found out: sometimes earlier than its token tells.</summary>
internal sealed class ClientLeftException() : OperationCanceledException("The client left.")
{
    /// <summary>Whether an exception means that the client left, and not that something went wrong.</summary>
    public static bool Is(Exception exception, CancellationToken cancellationToken) =>
        exception is ClientLeftException || (exception is OperationCanceledException && cancellationToken.IsCancellationRequested);
}
