using AiGateway.Metering;
using AiGateway.Protocol;

namespace AiGateway.Hooks;

/// <summary>What a caller who was let in may do. Made once a key, not once a call.</summary>
/// <param name="Tenant">Whose objects it sees; null for the one tenant that is there without keys.</param>
/// <param name="KeyId">The id of its key; null for none.</param>
internal sealed record CallerAccess(string? Tenant, string? KeyId)
{
    /// <summary>Everything, for whoever comes where nobody checks.</summary>
    public static CallerAccess Anybody { get; } = new(null, null);

    /// <summary>The models that the key may ask for; null for all.</summary>
    public ModelNames? Models { get; init; }

    /// <summary>The key's limits; null for none.</summary>
    public LimitOptions? Limits { get; init; }

    /// <summary>The key's budgets.</summary>
    public IReadOnlyList<BudgetOptions> Budgets { get; init; } = [];
}
