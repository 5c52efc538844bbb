using System.Diagnostics;
using AiGateway.Metering;
using AiGateway.Providers;

namespace AiGateway.Telemetry;

/// <summary>
/// The activities of calls and of requests to providers (https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/), of the source <c>AiGateway</c>. An incoming trace is continued, and goes on to the
/// provider. Holds no content but what is put on a call where that was asked for. Where nobody listens, nothing is made, and the client's <c>traceparent</c> passes as it came.
/// </summary>
public static class CallTracing
{
    private static readonly ActivitySource Source = new(GatewayMetrics.Name);

    /// <summary>Begins a call's activity: below the web server's, where there is one, else below the client's.</summary>
    /// <param name="call">The call.</param>
    /// <param name="headers">The client's headers.</param>
    /// <returns>The activity; null where nobody listens.</returns>
    internal static Activity? Begin(CallMeter call, CallHeaders headers)
    {
        if (!Source.HasListeners())
            return null;
        var operation = GatewayMetrics.Operation(call.Api);
        var current = Activity.Current;
        var isContinued = ActivityContext.TryParse(headers["traceparent"], headers["tracestate"], isRemote: true, out var parent);
        var activity = current is null
            ? Source.StartActivity(operation, ActivityKind.Server, isContinued ? parent : default)
            : Source.StartActivity(operation, ActivityKind.Internal);
        activity?.SetTag("gen_ai.operation.name", operation);
        activity?.SetTag("aigateway.request_id", call.CallId);
        activity?.SetTag("aigateway.api", GatewayMetrics.Label(call.Api));
        return activity;
    }

    /// <summary>Ends a call's activity.</summary>
    /// <param name="activity">The activity; null for none.</param>
    /// <param name="call">What was measured.</param>
    internal static void End(Activity? activity, CallMeter call)
    {
        if (activity is null)
            return;
        if (call.AskedModel is { } model)
        {
            activity.DisplayName = $"{activity.OperationName} {model}";
            activity.SetTag("gen_ai.request.model", model);
        }

        activity.SetTag("gen_ai.response.model", call.ProviderModel);
        activity.SetTag("gen_ai.provider.name", call.Provider);
        activity.SetTag("gen_ai.usage.input_tokens", call.Usage?.InputTokens);
        activity.SetTag("gen_ai.usage.output_tokens", call.Usage?.OutputTokens);
        if (call.Usage is { CachedTokens: > 0 and var cached })
            activity.SetTag("gen_ai.usage.cache_read.input_tokens", cached);
        if (call.Usage is { ReasoningTokens: > 0 and var reasoning })
            activity.SetTag("gen_ai.usage.reasoning.output_tokens", reasoning);
        activity.SetTag("aigateway.tenant", call.Tenant);
        activity.SetTag("aigateway.key_id", call.KeyId);
        activity.SetTag("aigateway.outcome", CallMetrics.Label(call.Outcome));
        activity.SetTag("aigateway.attempts", call.Attempts);
        activity.SetTag("aigateway.cached", call.IsCached);
        activity.SetTag("http.response.status_code", call.Status);
        if (call.Outcome == CallOutcome.Failed)
            Fail(activity, call.ErrorCode ?? call.Status.ToString(System.Globalization.CultureInfo.InvariantCulture));
        activity.Dispose();
    }

    /// <summary>Begins the activity of one request to a provider.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="call">The request; the activity is put on it, so that the provider hears of it.</param>
    /// <returns>The activity; null where nobody listens.</returns>
    internal static Activity? BeginAttempt(ProviderOptions provider, ProviderCall call)
    {
        if (!Source.HasListeners())
            return null;
        var operation = GatewayMetrics.Operation(call.Api);
        var activity = Source.StartActivity(call.Model is null ? operation : $"{operation} {call.Model}", ActivityKind.Client);
        activity?.SetTag("gen_ai.operation.name", operation);
        activity?.SetTag("gen_ai.provider.name", provider.Name);
        activity?.SetTag("gen_ai.request.model", call.Model);
        call.Trace = activity;
        return activity;
    }

    /// <summary>Marks an activity as failed.</summary>
    internal static void Fail(Activity? activity, string type)
    {
        activity?.SetTag("error.type", type);
        activity?.SetStatus(ActivityStatusCode.Error);
    }
}
