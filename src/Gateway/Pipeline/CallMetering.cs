using AiGateway.Configuration;
using AiGateway.Engine;
using AiGateway.Hooks;
using AiGateway.Metering;
using AiGateway.Protocol;
using AiGateway.Telemetry;
using AiGateway.Usage;
using Microsoft.Extensions.Logging;

namespace AiGateway.Pipeline;

/// <summary>Where every call's measuring begins, and where it ends, exactly once: what nobody said is estimated, and the observers are told.</summary>
internal sealed partial class CallMetering(IEnumerable<ICallObserver> observers, IPrices prices, GatewayConfiguration configuration, ILogger<CallMetering> logger)
{
    private readonly ICallObserver[] _observers = [.. observers];

    /// <summary>A call begins.</summary>
    public void Begin(GatewayCall call)
    {
        call.Activity = CallTracing.Begin(call.Meter, call.Headers);
        if (call.Activity is { IsAllDataRequested: true } && call.Api is ApiKind.Chat or ApiKind.Responses && configuration.Current.Telemetry.CaptureContent)
            call.Content = new CapturedContent();
        foreach (var observer in _observers)
        {
            try
            {
                observer.OnBegun(call.Meter);
            }
            catch (Exception e)
            {
                LogObserverThrew(e, observer.GetType().Name, call.Id);
            }
        }
    }

    /// <summary>An error is on its way to the client.</summary>
    public static void Fail(GatewayCall call, GatewayError error) =>
        (call.Meter.Outcome, call.Meter.Status, call.Meter.ErrorCode) = (CallOutcome.Failed, error.Status, error.Code);

    /// <summary>The client left.</summary>
    /// <param name="call">The call.</param>
    /// <param name="answered">Whether it had got a status by then.</param>
    public static void Leave(GatewayCall call, bool answered) =>
        (call.Meter.Outcome, call.Meter.Status) = (CallOutcome.ClientLeft, answered ? 200 : 499);

    /// <summary>Ends a call. Does nothing the second time. Never throws.</summary>
    public void End(GatewayCall call)
    {
        var meter = call.Meter;
        if (!meter.TryEnd())
            return;
        if (meter.Outcome is CallOutcome.None or CallOutcome.Completed or CallOutcome.Incomplete)
            call.Verdict?.Well();
        if (meter.NeedsEstimate)
            meter.Estimate(Estimate(call));
        var used = meter.Usage ?? default;
        meter.Complete(CostOf(call, used));
        call.Lease?.Settle(used.InputTokens + used.OutputTokens, meter.Cost);
        if (call.Content is CapturedContent content)
            content.Put(call.Activity!, call.RequestOrNull);
        CallTracing.End(call.Activity, meter);
        foreach (var observer in _observers)
        {
            try
            {
                observer.OnEnded(meter);
            }
            catch (Exception e)
            {
                LogObserverThrew(e, observer.GetType().Name, call.Id);
            }
        }
    }

    /// <summary>The record of a call that is at its end, or is ended from elsewhere, by what is known of it now; null where no provider was asked.</summary>
    /// <param name="call">The call.</param>
    /// <param name="outcome">How it ends.</param>
    public UsageRecord? RecordNow(GatewayCall call, CallOutcome outcome)
    {
        var meter = call.Meter;
        if (meter.Attempts == 0 && !meter.IsCached)
            return null;
        var isEstimated = meter.NeedsEstimate;
        var usage = isEstimated ? Estimate(call).Plus(meter.UsageBefore ?? default) : meter.Usage ?? default;
        return UsageRecords.Of(meter, usage, isEstimated, CostOf(call, usage)) with
        {
            Outcome = UsageRecords.NameOf(outcome),
            Status = meter.Status == 0 ? 200 : meter.Status,
        };
    }

    // By the model that was asked for at last, where a hook put another in its place.
    private decimal CostOf(GatewayCall call, TokenUsage usage) =>
        usage == default ? 0 : prices.Of(call.RequestOrNull?.AskedModelOrNull ?? call.AskedModel, usage);

    // What was sent can be more than what came: the context of a response that goes on from another.
    private static TokenUsage Estimate(GatewayCall call)
    {
        var meter = call.Meter;
        var request = call.RequestOrNull?.Utf8 ?? default;
        var input = RequestTokens.Of(request.Span).Input + RequestTokens.OfText(Math.Max(0, meter.SentBytes - request.Length));
        var output = RequestTokens.OfText(meter.TextBytes);
        return new TokenUsage(input, output, input + output);
    }

    [LoggerMessage(1103, LogLevel.Error, "The observer {Observer} threw on request {RequestId}.")]
    private partial void LogObserverThrew(Exception exception, string observer, string requestId);
}
