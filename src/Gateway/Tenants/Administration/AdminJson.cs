using System.Text.Json.Nodes;
using AiGateway.Configuration;
using AiGateway.Metering;

namespace AiGateway.Tenants.Administration;

/// <summary>Keys and tenants as the admin API shows them. Hashes are not shown: nobody needs them.</summary>
internal static class AdminJson
{
    public static JsonObject Of(KeyRecord key, DateTimeOffset now) => new()
    {
        ["id"] = key.Id,
        ["object"] = "admin.key",
        ["source"] = "api",
        ["name"] = key.Name,
        ["tenant"] = key.Tenant,
        ["status"] = key.RevokedAt is not null ? "revoked" : key.Disabled ? "disabled" : key.ExpiresAt <= now ? "expired" : "active",
        ["created_at"] = key.CreatedAt.ToUnixTimeSeconds(),
        ["expires_at"] = key.ExpiresAt?.ToUnixTimeSeconds(),
        ["revoked_at"] = key.RevokedAt?.ToUnixTimeSeconds(),
        ["previous_until"] = key.PreviousUntil > now ? key.PreviousUntil?.ToUnixTimeSeconds() : null,
        ["models"] = Of(key.Models),
        ["limits"] = Of(key.Limits),
        ["budgets"] = Of(key.Budgets),
        ["metadata"] = key.Metadata?.DeepClone(),
    };

    public static JsonObject Of(KnownKey key, DateTimeOffset now, IReadOnlyList<string> models) => new()
    {
        ["id"] = key.Access.KeyId,
        ["object"] = "admin.key",
        ["source"] = "configuration",
        ["name"] = null,
        ["tenant"] = key.Access.Tenant,
        ["status"] = key.Disabled ? "disabled" : key.ExpiresAt <= now ? "expired" : "active",
        ["created_at"] = null,
        ["expires_at"] = key.ExpiresAt?.ToUnixTimeSeconds(),
        ["revoked_at"] = null,
        ["previous_until"] = null,
        ["models"] = Of(models),
        ["limits"] = Of(key.Access.Limits ?? new LimitOptions()),
        ["budgets"] = Of(key.Access.Budgets),
        ["metadata"] = null,
    };

    public static JsonObject Of(TenantRecord tenant) =>
        Tenant(tenant.Name, "api", tenant.Disabled, tenant.CreatedAt.ToUnixTimeSeconds(), tenant.Models, tenant.Limits, tenant.Budgets, tenant.Metadata);

    public static JsonObject Of(TenantOptions tenant) =>
        Tenant(tenant.Name, "configuration", tenant.Disabled, null, tenant.Models, tenant.Limits, tenant.Budgets, null);

    public static JsonObject List(IEnumerable<JsonObject> items, bool hasMore)
    {
        var data = new JsonArray([.. items]);
        return new JsonObject
        {
            ["object"] = "list",
            ["first_id"] = data.FirstOrDefault()?["id"]?.DeepClone(),
            ["last_id"] = data.LastOrDefault()?["id"]?.DeepClone(),
            ["has_more"] = hasMore,
            ["data"] = data,
        };
    }

    private static JsonObject Tenant(
        string name, string source, bool disabled, long? createdAt, IReadOnlyList<string> models, LimitOptions limits, IReadOnlyList<BudgetOptions> budgets, JsonObject? metadata) => new()
        {
            ["id"] = name,
            ["object"] = "admin.tenant",
            ["source"] = source,
            ["status"] = disabled ? "disabled" : "active",
            ["created_at"] = createdAt,
            ["models"] = Of(models),
            ["limits"] = Of(limits),
            ["budgets"] = Of(budgets),
            ["metadata"] = metadata?.DeepClone(),
        };

    private static JsonArray? Of(IReadOnlyList<string> models) => models.Count == 0 ? null : new JsonArray([.. models.Select(model => JsonValue.Create(model))]);

    private static JsonObject Of(LimitOptions limits) => new()
    {
        ["requests_per_minute"] = limits.RequestsPerMinute,
        ["tokens_per_minute"] = limits.TokensPerMinute,
        ["in_flight"] = limits.InFlight,
    };

    private static JsonArray Of(IReadOnlyList<BudgetOptions> budgets) =>
        new([.. budgets.Select(budget => new JsonObject { ["per"] = budget.Per, ["tokens"] = budget.Tokens, ["cost"] = budget.Cost })]);
}
