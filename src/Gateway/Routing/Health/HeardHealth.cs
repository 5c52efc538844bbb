namespace AiGateway.Routing.Health;

/// <summary>
/// What other processes say of a provider. It is advice: calls go elsewhere where they can, and what this process sees for itself counts before it. So a process whose
/// own network is broken cannot take a provider from all others.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class HeardHealth(TimeProvider time)
{
    // Ticks; 0 where nothing is said against it.
    private long _callsUntil;
    private long _checksUntil;
    private int _isTrying;

    /// <summary>Whether nothing that was heard speaks against calling it: the break that was told is over, and nobody tries it at this moment.</summary>
    /// <param name="now">The time.</param>
    public bool IsUp(DateTimeOffset now) =>
        now.UtcTicks >= Interlocked.Read(ref _checksUntil)
        && (Interlocked.Read(ref _callsUntil) is var until && (until == 0 || (now.UtcTicks >= until && Volatile.Read(ref _isTrying) == 0)));

    /// <summary>Takes in what was told.</summary>
    public void Hear(HealthNews news) =>
        Interlocked.Exchange(ref news.Source == HealthSource.Calls ? ref _callsUntil : ref _checksUntil, news.DownFor is { } pause ? (time.GetUtcNow() + pause).UtcTicks : 0);

    /// <summary>A health check of this process's own passed.</summary>
    public void Passed() => Interlocked.Exchange(ref _checksUntil, 0);

    /// <summary>Begins a call.</summary>
    /// <returns>Whether it is the one that tries whether the provider is back: <see cref="Tried"/> is to be called then.</returns>
    public bool BeginsTry() =>
        Interlocked.Read(ref _callsUntil) is > 0 and var until && time.GetUtcNow().UtcTicks >= until && Interlocked.Exchange(ref _isTrying, 1) == 0;

    /// <summary>A call that tried has ended.</summary>
    /// <param name="isWell">What it says of the provider; null for nothing.</param>
    /// <param name="pause">How long to leave it alone where it is not well.</param>
    public void Tried(bool? isWell, TimeSpan pause)
    {
        if (isWell is { } known)
            Interlocked.Exchange(ref _callsUntil, known ? 0 : (time.GetUtcNow() + pause).UtcTicks);
        Volatile.Write(ref _isTrying, 0);
    }
}
