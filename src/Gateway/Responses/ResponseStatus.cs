namespace AiGateway.Responses;

/// <summary>The states of a response (<c>spec/responses.md</c> §11). SDKs know these six and throw on any other.</summary>
internal static class ResponseStatus
{
    public const string Queued = "queued";
    public const string InProgress = "in_progress";
    public const string Completed = "completed";
    public const string Incomplete = "incomplete";
    public const string Failed = "failed";
    public const string Cancelled = "cancelled";
}
