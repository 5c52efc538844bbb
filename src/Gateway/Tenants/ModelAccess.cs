using AiGateway.Hooks;
using AiGateway.Protocol;

namespace AiGateway.Tenants;

/// <summary>Which models a caller may ask for: those that both its key and its tenant allow. Any other does not exist for it.</summary>
internal sealed class ModelAccess(AccessDirectory directory)
{
    private volatile Made? _made;

    /// <summary>Whether a caller may ask for a model.</summary>
    public bool Allows(GatewayCall call, string model) =>
        call.Access.Models?.Contains(model) != false && TenantModels(call.Tenant)?.Contains(model) != false;

    /// <summary>Refuses what a caller may not ask for. Judged is what the client asked; what hooks put in its place is the operator's doing.</summary>
    /// <exception cref="GatewayException">404 <c>model_not_found</c>, as for a model that is not there.</exception>
    public void Check(GatewayCall call)
    {
        if (call.AskedModel is { } model && !Allows(call, model))
            throw new GatewayException(GatewayErrors.ModelNotFound(model));
    }

    // Of the tenant asked for last: mostly it is asked for again.
    private ModelNames? TenantModels(string? tenant)
    {
        if (directory.TenantOf(tenant) is not { Models: { Count: > 0 } models })
            return null;
        if (_made is not { } made || !ReferenceEquals(made.From, models))
            _made = made = new Made(models, ModelNames.Of(models)!);
        return made.Names;
    }

    private sealed record Made(IReadOnlyList<string> From, ModelNames Names);
}
