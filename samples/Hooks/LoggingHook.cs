using System.Diagnostics;
using AiGateway.Hooks;
using AiGateway.Protocol;

namespace AiGateway.Samples.Hooks;

/// <summary>Logs one line a call: who, what, how it went, what it used and how long it took. Never what was said.</summary>
internal sealed partial class LoggingHook(ILogger<LoggingHook> logger) : IRequestHook, IResponseHook, IErrorHook
{
    private const string Started = "LoggingHook.Started";

    public ValueTask OnRequestAsync(GatewayCall call, CancellationToken cancellationToken)
    {
        call.Items[Started] = Stopwatch.GetTimestamp();
        return default;
    }

    public ValueTask OnResponseAsync(GatewayCall call, CallResult result, CancellationToken cancellationToken)
    {
        LogCall(
            call.Id, call.Tenant, call.Api, call.AskedModel, call.Provider,
            result.ClientLeft ? "the client left" : "answered", call.Usage?.InputTokens, call.Usage?.OutputTokens, Milliseconds(call));
        return default;
    }

    public ValueTask OnErrorAsync(GatewayCall call, GatewayError error, Exception? exception, CancellationToken cancellationToken)
    {
        LogCall(
            call.Id, call.Tenant, call.Api, call.AskedModel, call.Provider,
            $"{error.Status} {error.Code ?? error.Type}", call.Usage?.InputTokens, call.Usage?.OutputTokens, Milliseconds(call));
        return default;
    }

    // A call that was not let in has no beginning.
    private static double? Milliseconds(GatewayCall call) =>
        call.Items.TryGetValue(Started, out var started) ? Math.Round(Stopwatch.GetElapsedTime((long)started!).TotalMilliseconds, 1) : null;

    [LoggerMessage(1, LogLevel.Information, "{RequestId} of {Tenant}: {Api} with {Model} at {Provider}: {Outcome}, {InputTokens} tokens in, {OutputTokens} out, {Milliseconds} ms")]
    private partial void LogCall(
        string requestId, string? tenant, ApiKind api, string? model, string? provider, string outcome, long? inputTokens, long? outputTokens, double? milliseconds);
}
