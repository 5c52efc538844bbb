using AiGateway.Engine;
using AiGateway.Metering;
using AiGateway.Protocol;

namespace AiGateway.Usage;

/// <summary>Makes a record of what was measured of a call.</summary>
internal static class UsageRecords
{
    /// <summary>The record of a call.</summary>
    /// <param name="call">The call's meter.</param>
    /// <param name="usage">What it used.</param>
    /// <param name="isEstimated">Whether that is an estimate.</param>
    /// <param name="cost">What it cost.</param>
    public static UsageRecord Of(CallMeter call, TokenUsage usage, bool isEstimated, decimal cost) => new()
    {
        Id = call.ResponseId ?? call.CallId,
        Tenant = call.Tenant,
        KeyId = call.KeyId,
        Api = NameOf(call.Api),
        Model = call.AskedModel,
        Provider = call.Provider,
        ProviderModel = call.ProviderModel,
        StartedAt = call.StartedAt,
        DurationMs = (long)call.Duration.TotalMilliseconds,
        FirstTokenMs = call.TimeToFirstToken is { } first ? (long)first.TotalMilliseconds : null,
        Status = call.Status,
        Outcome = NameOf(call.Outcome),
        ErrorCode = call.ErrorCode,
        InputTokens = usage.InputTokens,
        CachedTokens = usage.CachedTokens,
        OutputTokens = usage.OutputTokens,
        ReasoningTokens = usage.ReasoningTokens,
        IsEstimated = isEstimated,
        Cost = cost,
        Attempts = call.Attempts,
        IsStream = call.IsStream,
        IsCached = call.IsCached,
    };

    private static string NameOf(ApiKind api) => api switch
    {
        ApiKind.Chat => "chat",
        ApiKind.Responses => "responses",
        ApiKind.Embeddings => "embeddings",
        ApiKind.Images => "images",
        _ => "other",
    };

    /// <summary>How a call ended, in a record's words.</summary>
    public static string NameOf(CallOutcome outcome) => outcome switch
    {
        CallOutcome.Incomplete => "incomplete",
        CallOutcome.Failed => "failed",
        CallOutcome.Cancelled => "cancelled",
        CallOutcome.ClientLeft => "client_left",
        _ => "completed",
    };
}
