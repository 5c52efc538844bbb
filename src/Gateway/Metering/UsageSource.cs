namespace AiGateway.Metering;

/// <summary>Who says what a call used.</summary>
public enum UsageSource
{
    /// <summary>Nobody: no model ran, or none that took the request.</summary>
    None = 0,

    /// <summary>The provider.</summary>
    Provider,

    /// <summary>The gateway, by the length of texts: the provider did not say, or the call ended before it could.</summary>
    Estimated,
}
