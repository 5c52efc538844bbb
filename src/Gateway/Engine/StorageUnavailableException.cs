namespace AiGateway.Engine;

/// <summary>The engine cannot keep or find anything now: its disk is full, its file is locked, its server does not answer. Nothing acknowledged is lost.</summary>
public sealed class StorageUnavailableException : Exception
{
    /// <summary>Creates one.</summary>
    /// <param name="message">What happened: for the log, not for clients.</param>
    /// <param name="innerException">What the engine's own storage said.</param>
    public StorageUnavailableException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
