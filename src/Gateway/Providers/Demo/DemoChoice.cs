namespace AiGateway.Providers.Demo;

/// <summary>One choice of an answer, in tokens.</summary>
/// <param name="Index">Its index.</param>
/// <param name="Reasoning">The reasoning; empty for none.</param>
/// <param name="Content">The text; empty where tools are called.</param>
/// <param name="Calls">The tool calls; empty where there is a text.</param>
/// <param name="FinishReason">Why it ends.</param>
internal sealed record DemoChoice(
    int Index,
    IReadOnlyList<string> Reasoning,
    IReadOnlyList<string> Content,
    IReadOnlyList<DemoCall> Calls,
    string FinishReason)
{
    /// <summary>How many tokens it took to make.</summary>
    public int Tokens => Reasoning.Count + Content.Count + Calls.Sum(c => c.Arguments.Count);
}
