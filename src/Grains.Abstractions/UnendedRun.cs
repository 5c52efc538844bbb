namespace AiGateway.Grains;

/// <summary>A response that has not ended.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Owner">The process that runs it; empty for none.</param>
internal sealed record UnendedRun(string Id, string Owner);
