namespace AiGateway.Upstream;

/// <summary>What comes before the body: status, headers, and the time until they come.</summary>
public sealed partial class Script
{
    public Script Status(int status) => With(r => r with { Status = status });

    /// <summary>Sets a header, in place of one of the same name.</summary>
    public Script Header(string name, string value) => With(r => r.WithHeader(name, value));

    public Script ContentType(string value) => Header("Content-Type", value);

    /// <summary>In whole seconds; for a date or nonsense use <see cref="Header"/>.</summary>
    public Script RetryAfter(int seconds) => Header("Retry-After", seconds.ToString());

    /// <summary>In milliseconds, as OpenAI says how long it took.</summary>
    public Script ProcessingMs(int milliseconds) => Header("openai-processing-ms", milliseconds.ToString());

    /// <summary>OpenAI's <c>x-ratelimit-*</c> for one unit, <c>requests</c> or <c>tokens</c>; <paramref name="reset"/> like <c>6ms</c>, <c>1m2s</c>.</summary>
    public Script RateLimit(string unit, int limit, int remaining, string reset) => this
        .Header($"x-ratelimit-limit-{unit}", limit.ToString())
        .Header($"x-ratelimit-remaining-{unit}", remaining.ToString())
        .Header($"x-ratelimit-reset-{unit}", reset);

    /// <summary>The first byte waits for this.</summary>
    public Script WaitBeforeHeaders(Task gate) => With(r => r.Before(new WaitStep(gate)));

    /// <summary>The first byte is this late: for pacing, not for making a test wait.</summary>
    public Script DelayBeforeHeaders(TimeSpan time) => With(r => r.Before(new DelayStep(time)));

    /// <summary>No byte comes until the caller leaves.</summary>
    public Script HangBeforeHeaders() => With(r => r.Before(new HangStep()));

    /// <summary>The connection is reset in place of an answer.</summary>
    public Script AbortBeforeHeaders() => With(r => r.Before(new AbortStep()));

    /// <summary>Content-Length promises this many bytes that never come; then the connection ends.</summary>
    public Script Truncated(int missingBytes = 10) => With(r => r with { IsStream = false, MissingBytes = missingBytes });
}
