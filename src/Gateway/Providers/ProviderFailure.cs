namespace AiGateway.Providers;

/// <summary>How a provider can fail to give a proper answer.</summary>
public enum ProviderFailure
{
    /// <summary>No connection: refused, no such host, no route, or TLS failed. 502.</summary>
    Unreachable,

    /// <summary>No connection within <see cref="ProviderOptions.ConnectTimeout"/>. 504.</summary>
    ConnectTimeout,

    /// <summary>No first byte within <see cref="ProviderOptions.FirstByteTimeout"/>. 504.</summary>
    FirstByteTimeout,

    /// <summary>Silence longer than <see cref="ProviderOptions.IdleTimeout"/>. 504, or an event once streaming.</summary>
    IdleTimeout,

    /// <summary>The connection ended before the answer did. 502, or an event once streaming.</summary>
    ClosedEarly,

    /// <summary>Not the JSON or the events that the API gives. 502, or an event once streaming.</summary>
    InvalidAnswer,

    /// <summary>Larger than the gateway takes. 502, or an event once streaming.</summary>
    TooLarge,
}
