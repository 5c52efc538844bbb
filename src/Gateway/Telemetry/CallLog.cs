using AiGateway.Configuration;
using AiGateway.Metering;
using AiGateway.Protocol;
using Microsoft.Extensions.Logging;

namespace AiGateway.Telemetry;

/// <summary>Logs one line a call, where that is switched on. No content, no key; what comes from outside is made fit for one line.</summary>
internal sealed partial class CallLog(GatewayConfiguration configuration, ILogger<CallLog> logger) : ICallObserver
{
    public void OnEnded(CallMeter call)
    {
        if (!configuration.Current.Telemetry.AccessLog || !logger.IsEnabled(LogLevel.Information))
            return;
        LogCall(
            call.CallId,
            GatewayMetrics.Label(call.Api),
            call.Status,
            CallMetrics.Label(call.Outcome),
            LogText.Of(call.AskedModel),
            call.Provider,
            call.Attempts,
            Math.Round(call.Duration.TotalMilliseconds, 1),
            call.TimeToFirstToken is { } first ? Math.Round(first.TotalMilliseconds, 1) : null,
            call.Usage?.InputTokens,
            call.Usage?.OutputTokens,
            LogText.Of(call.Tenant),
            LogText.Of(call.KeyId),
            call.IsCached,
            LogText.Of(call.ErrorCode));
    }

    [LoggerMessage(1501, LogLevel.Information, "Call {RequestId} {Api} {Status} {Outcome}: model {Model} at {Provider} ({Attempts} attempts), {Milliseconds} ms, first token {FirstTokenMilliseconds} ms, {InputTokens} in, {OutputTokens} out, tenant {Tenant}, key {KeyId}, cached {Cached}, error {Code}")]
    private partial void LogCall(
        string requestId, string api, int status, string outcome, string? model, string? provider, int attempts, double milliseconds, double? firstTokenMilliseconds, long? inputTokens, long? outputTokens, string? tenant, string? keyId, bool cached, string? code);
}
