namespace AiGateway.Grains.Limits;

/// <summary>How much of its limits a cluster hands out to a process at a time, and for how long.</summary>
internal sealed record CapacityBlocks
{
    /// <summary>For how long after it was asked for a process may use what it was handed out. In whole seconds; zero for at once, and then nothing is handed out in advance.</summary>
    public TimeSpan Hold { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>After how long without a word a process counts as gone, and what it held comes back.</summary>
    public TimeSpan Expiry { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>How soon to ask again for what another process's call may have freed.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Into how many blocks a limit is divided at most.</summary>
    public int Shares { get; init; } = 20;

    /// <summary>Of a limit of fewer requests nothing is handed out in advance.</summary>
    public long LeastRequests { get; init; } = 60;

    /// <summary>Of a limit of fewer tokens nothing is handed out in advance.</summary>
    public long LeastTokens { get; init; } = 20_000;

    /// <summary>Whether anything is handed out in advance.</summary>
    public bool Any => Hold > TimeSpan.Zero;

    /// <summary>How much longer than a minute what was handed out counts.</summary>
    public int Lag => (int)Math.Ceiling(Hold.TotalSeconds);

    /// <summary>How many requests, or places, beyond those needed now.</summary>
    public long OfRequests(long limit) => Any && limit >= LeastRequests ? limit / Shares : 0;

    /// <summary>How many tokens beyond those needed now.</summary>
    public long OfTokens(long limit) => Any && limit >= LeastTokens ? limit / Shares : 0;

    /// <summary>How much money beyond what is needed now.</summary>
    public decimal OfCost(decimal limit) => Any ? limit / (5 * Shares) : 0;
}
