namespace AiGateway.Routing;

/// <summary>
/// Whether a failed call is tried again, as configured under <c>Gateway:Retry</c> or a model's <c>Retry</c>. A call that failed at one route goes to the model's
/// next route at once, whatever is set here; this is about trying them all once more after a pause. Tried again is what failed by a status of 408, 409, 429, 500 or
/// more, or without an answer; never once a byte of an answer went to the client.
/// </summary>
public sealed record RetryOptions
{
    /// <summary>How often the routes are tried again after each of them failed. Default 0: OpenAI's SDKs try twice more by themselves. At most 10.</summary>
    public int MaxRetries { get; init; }

    /// <summary>The first pause; each further one is about twice as long, with jitter. Default 0.1 seconds.</summary>
    public TimeSpan BaseDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest pause that is not the provider's wish. Default 10 seconds.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest <c>Retry-After</c> that is waited for; where every route asks for more, the client is told instead. Default 20 seconds.</summary>
    public TimeSpan MaxRetryAfter { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Whether images, and responses and chat completions that are stored or run in the background, are tried again after a time-out or a broken connection, when
    /// the provider may have done the work already. Default false. Whatever is not kept is tried again in any case: it can only cost tokens.
    /// </summary>
    public bool RetryUncertain { get; init; }
}
