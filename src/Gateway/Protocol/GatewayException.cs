namespace AiGateway.Protocol;

/// <summary>Carries a <see cref="GatewayError"/> out of code that cannot return one. Its message is the client's, made fit for a log.</summary>
public class GatewayException : Exception
{
    private const int MaxMessage = 4096;

    /// <summary>Creates the exception.</summary>
    /// <param name="error">What the client is told.</param>
    /// <param name="inner">What happened, for the log.</param>
    public GatewayException(GatewayError error, Exception? inner = null)
        : base(LogText.Of(error.Message, MaxMessage), inner) => Error = error;

    /// <summary>What the client is told.</summary>
    public GatewayError Error { get; }
}
