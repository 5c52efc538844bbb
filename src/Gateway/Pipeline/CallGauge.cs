namespace AiGateway.Pipeline;

/// <summary>How many calls there are: for whoever wants to know whether the process is busy.</summary>
public sealed class CallGauge
{
    private long _active;
    private long _ended;

    /// <summary>Calls that are being served.</summary>
    public long Active => Interlocked.Read(ref _active);

    /// <summary>Calls that were served since the start.</summary>
    public long Ended => Interlocked.Read(ref _ended);

    internal void Begin() => Interlocked.Increment(ref _active);

    internal void End()
    {
        Interlocked.Increment(ref _ended);
        Interlocked.Decrement(ref _active);
    }
}
