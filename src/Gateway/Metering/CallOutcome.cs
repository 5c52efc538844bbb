namespace AiGateway.Metering;

/// <summary>How a call came to its end.</summary>
public enum CallOutcome
{
    /// <summary>It has not ended yet.</summary>
    None = 0,

    /// <summary>Answered to the end.</summary>
    Completed,

    /// <summary>Answered with a response that says <c>incomplete</c>: cut by a limit or a filter.</summary>
    Incomplete,

    /// <summary>An error was told, as a status or in mid-stream.</summary>
    Failed,

    /// <summary>A background response was cancelled.</summary>
    Cancelled,

    /// <summary>The client left before the end.</summary>
    ClientLeft,
}
