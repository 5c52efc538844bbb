namespace AiGateway.Configuration;

/// <summary>What becomes of calls that are over a limit, as configured under <c>Gateway:Limits</c>. The limits themselves stand with keys, tenants, models and providers.</summary>
public sealed record AdmissionOptions
{
    /// <summary>How many calls may wait for their turn where a limit holds them up, all together; a further one is answered 429. Default 0: none waits.</summary>
    public int MaxWaiting { get; init; }

    /// <summary>How long a call may wait; one that would have to wait longer is answered 429 at once. Default 30 seconds.</summary>
    public TimeSpan MaxWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many tokens of output are reserved for a call that does not say the most that it wants. Default 1,000.</summary>
    public long ReservedOutput { get; init; } = 1000;
}
