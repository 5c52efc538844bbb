namespace AiGateway.EndToEnd.Tests.Durability.History;

/// <summary>One event as it came over the wire.</summary>
/// <param name="Sequence">Its sequence number.</param>
/// <param name="Type">Its type.</param>
/// <param name="Text">Its frame, byte for byte.</param>
internal sealed record Frame(long Sequence, string Type, string Text)
{
    private static readonly string[] Terminals = ["response.completed", "response.incomplete", "response.failed"];

    /// <summary>Whether the response has ended with it.</summary>
    public bool IsTerminal => Terminals.Contains(Type, StringComparer.Ordinal);
}
