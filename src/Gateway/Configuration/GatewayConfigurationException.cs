namespace AiGateway.Configuration;

/// <summary>A configuration that the gateway does not take. The message names each setting at fault, one a line, and never holds a key.</summary>
public sealed class GatewayConfigurationException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="problems">What is wrong, each a sentence that begins with the setting's name. At least one.</param>
    /// <param name="inner">What happened; null for nothing more.</param>
    public GatewayConfigurationException(IReadOnlyList<string> problems, Exception? inner = null)
        : base(string.Join('\n', problems), inner) => Problems = problems;

    /// <summary>What is wrong, each a sentence that begins with the setting's name.</summary>
    public IReadOnlyList<string> Problems { get; }
}
