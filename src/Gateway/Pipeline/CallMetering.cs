using AiGateway.Hooks;
using AiGateway.Metering;
using AiGateway.Protocol;
using AiGateway.Telemetry;
using Microsoft.Extensions.Logging;

namespace AiGateway.Pipeline;

/// <summary>Where every call's measuring begins, and where it ends, exactly once: what nobody said is estimated, and the observers are told.</summary>
internal sealed partial class CallMetering(IEnumerable<ICallObserver> observers, ILogger<CallMetering> logger)
{
    private readonly ICallObserver[] _observers = [.. observers];

    /// <summary>A call begins.</summary>
    public void Begin(GatewayCall call)
    {
        call.Activity = CallTracing.Begin(call.Meter, call.Headers);
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
        if (meter.NeedsEstimate)
            meter.Estimate(Estimate(call));
        meter.Complete();
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
