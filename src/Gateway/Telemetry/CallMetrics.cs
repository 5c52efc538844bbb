using System.Diagnostics;
using System.Globalization;
using AiGateway.Metering;
using AiGateway.Protocol;

namespace AiGateway.Telemetry;

/// <summary>Measures calls.</summary>
internal sealed class CallMetrics(GatewayMetrics metrics) : ICallObserver
{
    public void OnBegun(CallMeter call) => metrics.Active(1);

    public void OnEnded(CallMeter call)
    {
        metrics.Active(-1);
        if (!metrics.Requests.Enabled && !metrics.Duration.Enabled && !metrics.OperationDuration.Enabled)
            return;

        // A name that nothing serves is whatever somebody made up: it is no label.
        var (api, model, provider) = (GatewayMetrics.Label(call.Api), call.Provider is null && !call.IsCached ? "" : call.AskedModel ?? "", call.Provider ?? "");
        var seconds = call.Duration.TotalSeconds;
        metrics.Requests.Add(1, new TagList
        {
            { "api", api }, { "model", model }, { "provider", provider },
            { "status", call.Status.ToString(CultureInfo.InvariantCulture) }, { "outcome", Label(call.Outcome) },
        });
        metrics.Duration.Record(seconds, new TagList { { "api", api }, { "model", model }, { "provider", provider } });
        if (call.Outcome == CallOutcome.Failed)
            metrics.Errors.Add(1, new TagList { { "api", api }, { "model", model }, { "provider", provider }, { "code", call.ErrorCode ?? "" } });
        if (call is { Status: 429, Attempts: 0 })
            metrics.LimitExceeded.Add(1, new TagList { { "api", api }, { "code", call.ErrorCode ?? "" } });
        if (call.Attempts > 0)
            Conventions(call, model, provider, seconds);
        if (call.Usage is { } usage)
            Tokens(call, usage, api, model, provider);
    }

    /// <summary>The name of an outcome as a label.</summary>
    public static string Label(CallOutcome outcome) => outcome switch
    {
        CallOutcome.Completed => "completed",
        CallOutcome.Incomplete => "incomplete",
        CallOutcome.Failed => "failed",
        CallOutcome.Cancelled => "cancelled",
        CallOutcome.ClientLeft => "client_left",
        _ => "none",
    };

    private void Conventions(CallMeter call, string model, string provider, double seconds)
    {
        var tags = Tags(call, model, provider);
        if (call.TimeToFirstToken is { } first)
            metrics.TimeToFirstToken.Record(first.TotalSeconds, tags);
        if (call.Outcome == CallOutcome.Failed)
            tags.Add("error.type", call.ErrorCode ?? call.Status.ToString(CultureInfo.InvariantCulture));
        metrics.OperationDuration.Record(seconds, tags);
    }

    private void Tokens(CallMeter call, TokenUsage usage, string api, string model, string provider)
    {
        Add("input", usage.InputTokens);
        Add("output", usage.OutputTokens);
        Add("cached", usage.CachedTokens);
        Add("reasoning", usage.ReasoningTokens);
        Record("input", usage.InputTokens);
        Record("output", usage.OutputTokens);

        void Add(string type, long tokens)
        {
            if (tokens > 0)
                metrics.TokensUsed.Add(tokens, new TagList { { "api", api }, { "model", model }, { "provider", provider }, { "type", type } });
        }

        void Record(string type, long tokens)
        {
            if (!metrics.TokenUsage.Enabled || tokens == 0)
                return;
            var tags = Tags(call, model, provider);
            tags.Add("gen_ai.token.type", type);
            metrics.TokenUsage.Record(tokens, tags);
        }
    }

    private static TagList Tags(CallMeter call, string model, string provider) => new()
    {
        { "gen_ai.operation.name", GatewayMetrics.Operation(call.Api) },
        { "gen_ai.provider.name", provider },
        { "gen_ai.request.model", model },
        { "gen_ai.response.model", call.ProviderModel ?? "" },
    };
}
