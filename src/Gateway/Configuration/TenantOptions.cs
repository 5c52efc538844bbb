using AiGateway.Metering;
using AiGateway.Protocol;

namespace AiGateway.Configuration;

/// <summary>One tenant, as configured under <c>Gateway:Tenants</c>: whose objects are its own, and whose keys share limits and budgets. A tenant that only keys name needs no entry.</summary>
public sealed record TenantOptions
{
    /// <summary>Its name. Required; unique.</summary>
    public string Name { get; init; } = "";

    /// <summary>The models that its keys may ask for; <c>*</c> at the end matches any run of characters. Default, and where the list is empty: all.</summary>
    public IReadOnlyList<string> Models { get; init => field = ValueList<string>.Of(value); } = ValueList<string>.Empty;

    /// <summary>What all its keys together may ask for. Default: no limits.</summary>
    public LimitOptions Limits { get; init; } = new();

    /// <summary>What all its keys together may use up. Default: no budgets.</summary>
    public IReadOnlyList<BudgetOptions> Budgets { get; init => field = ValueList<BudgetOptions>.Of(value); } = ValueList<BudgetOptions>.Empty;

    /// <summary>Whether its keys are refused. Default false.</summary>
    public bool Disabled { get; init; }
}
