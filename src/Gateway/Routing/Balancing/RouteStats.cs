namespace AiGateway.Routing.Balancing;

/// <summary>What is known of one route: its share, how fast it answers, and whether it asked for a pause. Shared by all names of its model and by all calls.</summary>
internal sealed class RouteStats(int weight, int priority)
{
    // Of each new measurement; about the last ten count.
    private const double Share = 0.2;

    private double _latency;
    private long _measuredAt;
    private long _restsUntil;

    public int Weight => weight;

    public int Priority => priority;

    /// <summary>How long it took to begin an answer, of late, in seconds; 0 where nothing is known yet.</summary>
    public double Latency => Volatile.Read(ref _latency);

    /// <summary>When <see cref="Latency"/> was last measured; a timestamp, 0 for never.</summary>
    public long MeasuredAt => Volatile.Read(ref _measuredAt);

    /// <summary>Until when its provider asked not to be called for this model.</summary>
    public DateTimeOffset RestsUntil => new(Volatile.Read(ref _restsUntil), TimeSpan.Zero);

    /// <summary>Takes a measurement in. Of two at the same moment one may be lost, which does no harm.</summary>
    /// <param name="seconds">How long an answer took to begin.</param>
    /// <param name="now">A timestamp.</param>
    public void Measured(double seconds, long now)
    {
        var before = Latency;
        Volatile.Write(ref _latency, before == 0 ? seconds : before + (Share * (seconds - before)));
        Volatile.Write(ref _measuredAt, now);
    }

    /// <summary>Notes that it is not to be called for a time.</summary>
    /// <param name="until">When it may be called again.</param>
    public void Rest(DateTimeOffset until)
    {
        if (until > RestsUntil)
            Volatile.Write(ref _restsUntil, until.UtcTicks);
    }
}
