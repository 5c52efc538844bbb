using System.Text.Json.Nodes;
using AiGateway.Protocol;

namespace AiGateway.Tenants.Administration;

/// <summary>Makes tenants and changes them.</summary>
internal sealed class TenantAdministration(AccessDirectory directory, TimeProvider time)
{
    /// <summary>Makes a tenant.</summary>
    public async ValueTask<JsonObject> CreateAsync(AdminBody body, CancellationToken cancellationToken)
    {
        var name = body.Text("id") ?? throw new GatewayException(GatewayErrors.Missing("id"));
        var tenant = Change(new TenantRecord { Name = name, CreatedAt = time.GetUtcNow() }, body);
        if (directory.ConfiguredTenants.Any(t => t.Name == name) || !await directory.PutAsync(tenant, isNew: true, cancellationToken))
            throw new GatewayException(new GatewayError(409, GatewayErrors.InvalidRequestType, "tenant_exists", $"There is a tenant '{name}' already.", "id"));
        return AdminJson.Of(tenant);
    }

    /// <summary>Changes a tenant; what the body does not name stays.</summary>
    public async ValueTask<JsonObject> UpdateAsync(string name, AdminBody body, CancellationToken cancellationToken)
    {
        if (directory.ConfiguredTenants.Any(t => t.Name == name))
            throw new GatewayException(new GatewayError(409, GatewayErrors.InvalidRequestType, "tenant_is_configured", $"The tenant '{name}' stands in the configuration, and is changed there."));
        var tenant = Change(directory.FindTenant(name) ?? throw NotFound(name), body);
        await directory.PutAsync(tenant, isNew: false, cancellationToken);
        return AdminJson.Of(tenant);
    }

    /// <summary>Shows a tenant.</summary>
    public JsonObject Find(string name) =>
        directory.ConfiguredTenants.FirstOrDefault(t => t.Name == name) is { } configured ? AdminJson.Of(configured)
        : directory.FindTenant(name) is { } kept ? AdminJson.Of(kept)
        : throw NotFound(name);

    /// <summary>Lists all tenants by name.</summary>
    public JsonObject List() => AdminJson.List(
        directory.ConfiguredTenants.Select(AdminJson.Of)
            .Concat(directory.Tenants.Where(kept => directory.ConfiguredTenants.All(t => t.Name != kept.Name)).Select(AdminJson.Of))
            .OrderBy(tenant => tenant["id"]!.GetValue<string>(), StringComparer.Ordinal),
        hasMore: false);

    private static TenantRecord Change(TenantRecord tenant, AdminBody body)
    {
        var changed = tenant with
        {
            Models = body.Has("models") ? body.Models("models") : tenant.Models,
            Limits = body.Has("limits") ? body.Limits("limits") : tenant.Limits,
            Budgets = body.Has("budgets") ? body.Budgets("budgets") : tenant.Budgets,
            Metadata = body.Has("metadata") ? body.Metadata("metadata") : tenant.Metadata,
            Disabled = body.Flag("disabled") ?? tenant.Disabled,
        };
        body.End();
        return changed;
    }

    private static GatewayException NotFound(string name) => new(new GatewayError(404, GatewayErrors.InvalidRequestType, null, $"Tenant with id '{name}' not found."));
}
