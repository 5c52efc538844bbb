namespace AiGateway.Routing;

/// <summary>One of several ways to a model, as configured under <c>Gateway:Models:N:Routes</c>.</summary>
public sealed record RouteOptions
{
    /// <summary>The <c>Name</c> of the provider that serves it. Required.</summary>
    public string Provider { get; init; } = "";

    /// <summary>The name that this provider knows the model by. Null: the model's own <see cref="ModelOptions.RewriteTo"/>, by the same rules.</summary>
    public string? RewriteTo { get; init; }

    /// <summary>Which API to use where this provider speaks both: <c>chat</c> or <c>responses</c>. Null: the model's own <see cref="ModelOptions.PreferredApi"/>.</summary>
    public string? PreferredApi { get; init; }

    /// <summary>With the strategy <c>weighted</c>: this route's share, beside the others' of the same priority. 0: only where the others fail. Default 1.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>Routes of a lower number come first; those of a higher one serve only where all before them fail or are down. Default 0.</summary>
    public int Priority { get; init; }
}
