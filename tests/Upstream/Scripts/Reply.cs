using System.Collections.Immutable;

namespace AiGateway.Upstream;

/// <summary>What one request is answered with.</summary>
internal sealed record Reply
{
    public int Status { get; init; } = 200;

    public ImmutableArray<KeyValuePair<string, string>> Headers { get; init; } = [];

    public ImmutableArray<Step> BeforeHeaders { get; init; } = [];

    public ImmutableArray<Step> Steps { get; init; } = [];

    /// <summary>A stream goes out chunked, headers first; anything else with its Content-Length.</summary>
    public bool IsStream { get; init; }

    /// <summary>How many more bytes Content-Length promises than are sent.</summary>
    public int MissingBytes { get; init; }

    /// <summary>Offsets, from the start of the body, at which it is cut; null: each send is one piece.</summary>
    public Func<long, long>? NextCut { get; init; }

    public Reply Then(params Step[] steps) => this with { Steps = Steps.AddRange(steps) };

    public Reply Before(Step step) => this with { BeforeHeaders = BeforeHeaders.Add(step) };

    public Reply WithHeader(string name, string value) => this with
    {
        Headers = Headers.RemoveAll(h => string.Equals(h.Key, name, StringComparison.OrdinalIgnoreCase)).Add(new(name, value)),
    };

    public Reply MapSends(Func<SendStep, SendStep> map) => this with
    {
        Steps = [.. Steps.Select(step => step is SendStep send ? map(send) : step)],
    };
}
