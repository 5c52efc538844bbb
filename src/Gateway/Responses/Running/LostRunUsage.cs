using System.Text.Json;
using AiGateway.Engine;
using AiGateway.Metering;
using AiGateway.Protocol;

namespace AiGateway.Responses.Running;

/// <summary>
/// What a background response used whose process died while it ran: nobody measured it to its end. Its own input is estimated, and a token for each event that was
/// kept of it; marked so.
/// </summary>
/// <param name="prices">What models cost.</param>
/// <param name="time">The clock.</param>
internal sealed class LostRunUsage(IPrices prices, TimeProvider time)
{
    /// <summary>The record.</summary>
    /// <param name="response">The response as it was kept.</param>
    /// <param name="status">How it ends.</param>
    public UsageRecord Of(StoredResponse response, string status)
    {
        using var body = JsonDocument.Parse(response.Body, JsonFormat.DocumentOptions);
        var model = body.RootElement.TryGetProperty("model"u8, out var name) && name.ValueKind == JsonValueKind.String ? name.GetString() : null;
        var usage = new TokenUsage(RequestTokens.Of(response.Input.Span).Input, Math.Max(0, response.LastSequence), 0);
        return new UsageRecord
        {
            Id = response.Id,
            Tenant = response.Tenant,
            KeyId = response.KeyId,
            Api = "responses",
            Model = model,
            StartedAt = response.CreatedAt,
            DurationMs = (long)Math.Max(0, (time.GetUtcNow() - response.CreatedAt).TotalMilliseconds),
            Status = 200,
            Outcome = status,
            ErrorCode = status == ResponseStatus.Failed ? "server_error" : null,
            InputTokens = usage.InputTokens,
            OutputTokens = usage.OutputTokens,
            IsEstimated = true,
            Cost = prices.Of(model, usage),
            Attempts = 1,
            IsStream = response.Stream,
        };
    }
}
