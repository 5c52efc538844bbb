using System.Diagnostics;
using System.Diagnostics.Metrics;
using AiGateway.Protocol;

namespace AiGateway.Telemetry;

/// <summary>
/// The gateway's instruments, all of the meter <c>AiGateway</c>: what operators ask for by plain names, and beside them the histograms of OpenTelemetry's conventions for
/// generative AI (https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics/). Where nobody listens, a measurement costs a look at a flag.
/// </summary>
public sealed class GatewayMetrics : IDisposable
{
    /// <summary>The name of the meter, and of the activity source.</summary>
    public const string Name = "AiGateway";

    private static readonly double[] Seconds = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
    private static readonly double[] Tokens = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864];

    private static readonly double[] FirstTokenSeconds = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

    private long _active;

    /// <summary>Creates the instruments.</summary>
    public GatewayMetrics()
    {
        Meter = new Meter(Name);
        Requests = Meter.CreateCounter<long>("aigateway.requests", "{request}", "Calls that ended, by API, model, provider, status and outcome.");
        Duration = Histogram("aigateway.request.duration", "s", "How long calls took, to their last byte.", Seconds);
        TokensUsed = Meter.CreateCounter<long>("aigateway.tokens", "{token}", "Tokens that calls used. Cached ones are part of the input, reasoning ones of the output.");
        Errors = Meter.CreateCounter<long>("aigateway.errors", "{request}", "Calls that ended with an error, by its code.");
        LimitExceeded = Meter.CreateCounter<long>("aigateway.limit.exceeded", "{request}", "Calls that a limit or budget of the gateway's own refused.");
        CacheHits = Meter.CreateCounter<long>("aigateway.cache.hits", "{request}", "Calls that were answered from the cache.");
        CacheMisses = Meter.CreateCounter<long>("aigateway.cache.misses", "{request}", "Calls that might have been, and were not there.");
        ProviderRequests = Meter.CreateCounter<long>("aigateway.provider.requests", "{request}", "Requests to providers, each attempt by itself, by status or failure.");
        ProviderDuration = Histogram("aigateway.provider.request.duration", "s", "How long providers took to begin an answer.", Seconds);
        OperationDuration = Histogram("gen_ai.client.operation.duration", "s", "GenAI operation duration.", Seconds);
        TokenUsage = Meter.CreateHistogram("gen_ai.client.token.usage", "{token}", "Number of input and output tokens used.", tags: null, new InstrumentAdvice<long> { HistogramBucketBoundaries = [.. Tokens.Select(t => (long)t)] });
        TimeToFirstToken = Histogram("gen_ai.server.time_to_first_token", "s", "Time to generate first token for successful responses.", FirstTokenSeconds);
        Meter.CreateObservableGauge("aigateway.active.requests", () => Volatile.Read(ref _active), "{request}", "Calls that are being served.");
    }

    /// <summary>The meter.</summary>
    public Meter Meter { get; }

    internal Counter<long> Requests { get; }

    internal Histogram<double> Duration { get; }

    internal Counter<long> TokensUsed { get; }

    internal Counter<long> Errors { get; }

    internal Counter<long> LimitExceeded { get; }

    internal Counter<long> CacheHits { get; }

    internal Counter<long> CacheMisses { get; }

    internal Counter<long> ProviderRequests { get; }

    internal Histogram<double> ProviderDuration { get; }

    internal Histogram<double> OperationDuration { get; }

    internal Histogram<long> TokenUsage { get; }

    internal Histogram<double> TimeToFirstToken { get; }

    /// <summary>The name of an operation in OpenTelemetry's conventions.</summary>
    internal static string Operation(ApiKind api) => api switch
    {
        ApiKind.Embeddings => "embeddings",
        ApiKind.Images => "image_generation",
        ApiKind.Models => "list_models",
        _ => "chat",
    };

    /// <summary>The name of an API as a label.</summary>
    internal static string Label(ApiKind api) => api switch
    {
        ApiKind.Chat => "chat",
        ApiKind.Responses => "responses",
        ApiKind.Embeddings => "embeddings",
        ApiKind.Images => "images",
        _ => "models",
    };

    /// <summary>A call began or ended.</summary>
    internal void Active(int change) => Interlocked.Add(ref _active, change);

    /// <summary>The cache was asked.</summary>
    internal void Cache(ApiKind api, bool isHit)
    {
        var counter = isHit ? CacheHits : CacheMisses;
        if (counter.Enabled)
            counter.Add(1, new KeyValuePair<string, object?>("api", Label(api)));
    }

    /// <summary>A provider began to answer, or failed to.</summary>
    /// <param name="provider">Its name.</param>
    /// <param name="result">The status, or how it failed.</param>
    /// <param name="duration">How long it took.</param>
    internal void Provider(string provider, string result, TimeSpan duration)
    {
        if (ProviderRequests.Enabled)
            ProviderRequests.Add(1, new TagList { { "provider", provider }, { "status", result } });
        if (ProviderDuration.Enabled)
            ProviderDuration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("provider", provider));
    }

    /// <inheritdoc/>
    public void Dispose() => Meter.Dispose();

    private Histogram<double> Histogram(string name, string unit, string description, double[] bounds) =>
        Meter.CreateHistogram(name, unit, description, tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds });
}
