using System.Text.Json.Nodes;
using AiGateway.Protocol;

namespace AiGateway.Tenants.Administration;

/// <summary>Makes keys and changes them. A key is shown when it is made or rotated, and never again: nobody, the gateway included, can find it out later.</summary>
internal sealed class KeyAdministration(AccessDirectory directory, TimeProvider time)
{
    private const int MostListed = 100;
    private const long LongestOverlap = 30L * 24 * 60 * 60;

    /// <summary>Makes a key.</summary>
    public async ValueTask<JsonObject> CreateAsync(AdminBody body, CancellationToken cancellationToken)
    {
        var record = Change(new KeyRecord { CreatedAt = time.GetUtcNow(), Tenant = body.Text("tenant") }, body);
        while (true)
        {
            var id = ApiKey.NewId();
            var key = ApiKey.New(id);
            record = record with { Id = id, Hash = await directory.HashAsync(key, cancellationToken) };
            if (await directory.AddAsync(record, cancellationToken))
                return Shown(record, key);
        }
    }

    /// <summary>Changes what a key may; what the body does not name stays.</summary>
    public async ValueTask<JsonObject> UpdateAsync(string id, AdminBody body, CancellationToken cancellationToken) =>
        Shown(await ChangeAsync(id, key => Change(key, body), cancellationToken));

    /// <summary>Switches a key off or on.</summary>
    public async ValueTask<JsonObject> DisableAsync(string id, bool disabled, CancellationToken cancellationToken) =>
        Shown(await ChangeAsync(id, key => key with { Disabled = disabled }, cancellationToken));

    /// <summary>Revokes a key for ever.</summary>
    public async ValueTask<JsonObject> RevokeAsync(string id, CancellationToken cancellationToken) => Shown(await ChangeAsync(
        id, key => key with { RevokedAt = key.RevokedAt ?? time.GetUtcNow(), PreviousHash = null, PreviousUntil = null }, cancellationToken, evenRevoked: true));

    /// <summary>Gives a key another secret; the old one is good for as long as the body says (<c>overlap_seconds</c>, by default not at all).</summary>
    public async ValueTask<JsonObject> RotateAsync(string id, AdminBody body, CancellationToken cancellationToken)
    {
        var overlap = body.Number("overlap_seconds") ?? 0;
        body.End();
        if (overlap > LongestOverlap)
            throw new GatewayException(GatewayErrors.WrongValue("overlap_seconds", $"'overlap_seconds' must be at most {LongestOverlap} (30 days)."));
        var key = ApiKey.New(id);
        var hash = await directory.HashAsync(key, cancellationToken);
        var record = await ChangeAsync(
            id,
            before => before with
            {
                Hash = hash,
                PreviousHash = overlap == 0 ? null : before.Hash,
                PreviousUntil = overlap == 0 ? null : time.GetUtcNow().AddSeconds(overlap),
            },
            cancellationToken);
        return Shown(record, key);
    }

    /// <summary>Shows a key.</summary>
    public JsonObject Find(string id)
    {
        if (directory.FindKey(id) is { } record)
            return Shown(record);
        return directory.ConfiguredKeys.FirstOrDefault(key => key.Access.KeyId == id) is { } configured ? Configured(configured) : throw NotFound(id);
    }

    /// <summary>Lists keys, the configured first, then those made here, the oldest first.</summary>
    /// <param name="tenant">Whose; null for everybody's.</param>
    /// <param name="after">The id behind which to begin; null for the first.</param>
    /// <param name="limit">The most to list, from 1 to 100.</param>
    public JsonObject List(string? tenant, string? after, int limit)
    {
        if (limit is < 1 or > MostListed)
            throw new GatewayException(GatewayErrors.WrongValue("limit", $"'limit' must be from 1 to {MostListed}."));
        var all = directory.ConfiguredKeys.Where(key => tenant is null || key.Access.Tenant == tenant).OrderBy(key => key.Access.KeyId, StringComparer.Ordinal).Select(Configured)
            .Concat(directory.Keys.Where(key => tenant is null || key.Tenant == tenant).OrderBy(key => key.CreatedAt).ThenBy(key => key.Id, StringComparer.Ordinal).Select(key => Shown(key)));
        if (after is not null)
            all = all.SkipWhile(key => key["id"]!.GetValue<string>() != after).Skip(1);
        var page = all.Take(limit + 1).ToList();
        return AdminJson.List(page.Take(limit), page.Count > limit);
    }

    private static KeyRecord Change(KeyRecord key, AdminBody body)
    {
        var changed = key with
        {
            Name = body.Has("name") ? body.Text("name") : key.Name,
            Models = body.Has("models") ? body.Models("models") : key.Models,
            Limits = body.Has("limits") ? body.Limits("limits") : key.Limits,
            Budgets = body.Has("budgets") ? body.Budgets("budgets") : key.Budgets,
            Metadata = body.Has("metadata") ? body.Metadata("metadata") : key.Metadata,
            ExpiresAt = body.Has("expires_at") ? body.Time("expires_at") : key.ExpiresAt,
            Disabled = body.Flag("disabled") ?? key.Disabled,
        };
        body.End();
        return changed;
    }

    private async ValueTask<KeyRecord> ChangeAsync(string id, Func<KeyRecord, KeyRecord> change, CancellationToken cancellationToken, bool evenRevoked = false)
    {
        if (directory.FindKey(id) is null && directory.ConfiguredKeys.Any(key => key.Access.KeyId == id))
            throw new GatewayException(new GatewayError(409, GatewayErrors.InvalidRequestType, "key_is_configured", $"The key '{id}' stands in the configuration, and is changed there."));
        return await directory.ChangeAsync(
            id,
            key => key.RevokedAt is null || evenRevoked
                ? change(key)
                : throw new GatewayException(new GatewayError(409, GatewayErrors.InvalidRequestType, "key_is_revoked", $"The key '{id}' is revoked, and stays so. Make another.")),
            cancellationToken) ?? throw NotFound(id);
    }

    private JsonObject Shown(KeyRecord record, string? key = null)
    {
        var shown = AdminJson.Of(record, time.GetUtcNow());
        if (key is not null)
            shown["key"] = key;
        return shown;
    }

    private JsonObject Configured(KnownKey key) => AdminJson.Of(key, time.GetUtcNow(), key.ModelNames);

    private static GatewayException NotFound(string id) => new(new GatewayError(404, GatewayErrors.InvalidRequestType, null, $"Key with id '{id}' not found."));
}
