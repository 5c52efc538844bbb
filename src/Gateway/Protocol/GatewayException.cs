namespace AiGateway.Protocol;

/// <summary>Carries a <see cref="GatewayError"/> out of code that cannot return one. Its message is the client's.</summary>
public class GatewayException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="error">What the client is told.</param>
    /// <param name="inner">What happened, for the log.</param>
    public GatewayException(GatewayError error, Exception? inner = null)
        : base(error.Message, inner) => Error = error;

    /// <summary>What the client is told.</summary>
    public GatewayError Error { get; }
}
