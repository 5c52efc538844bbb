namespace AiGateway.Engine;

/// <summary>What became of a response that was to be deleted.</summary>
public enum DeleteOutcome
{
    /// <summary>There was none.</summary>
    NotFound,

    /// <summary>It is gone.</summary>
    Deleted,

    /// <summary>It still runs, and stays.</summary>
    Running,
}
