namespace AiGateway.Metering;

/// <summary>How much may be asked for at a time, of whatever has these limits. Zero allows nothing; null (default) does not limit.</summary>
public sealed record LimitOptions
{
    /// <summary>Requests in any 60 seconds.</summary>
    public long? RequestsPerMinute { get; init; }

    /// <summary>Tokens, read and written, in any 60 seconds: reserved by estimate, settled by what was really used.</summary>
    public long? TokensPerMinute { get; init; }

    /// <summary>Requests that are being served at a time.</summary>
    public long? InFlight { get; init; }

    /// <summary>Whether anything is limited.</summary>
    internal bool Any => RequestsPerMinute is not null || TokensPerMinute is not null || InFlight is not null;
}
