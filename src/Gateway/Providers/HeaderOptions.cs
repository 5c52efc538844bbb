namespace AiGateway.Providers;

/// <summary>A header sent with every call to a provider.</summary>
public sealed record HeaderOptions
{
    /// <summary>The header's name.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its value. <c>${NAME}</c> takes it from the environment.</summary>
    public string Value { get; init; } = "";

    /// <summary>The name only: the value may be a secret.</summary>
    /// <returns>The name.</returns>
    public override string ToString() => $"header '{Name}'";
}
