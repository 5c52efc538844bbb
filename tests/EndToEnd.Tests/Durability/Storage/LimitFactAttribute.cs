namespace AiGateway.EndToEnd.Tests.Durability.Storage;

/// <summary>A test that limits the files of a process: skipped, saying so, where <c>prlimit</c> is missing.</summary>
public sealed class LimitFactAttribute : FactAttribute
{
    public LimitFactAttribute() => Skip = Limit.IsThere ? null : "There is no prlimit here, which limits the files of a process that runs.";
}
