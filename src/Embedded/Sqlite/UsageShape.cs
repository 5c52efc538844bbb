using AiGateway.Engine;

namespace AiGateway.Embedded.Sqlite;

/// <summary>What many records of a segment have in common, so that it stands there once.</summary>
internal readonly record struct UsageShape(
    string? Tenant, string? KeyId, string Api, string? Model, string? Provider, string? ProviderModel, string Outcome, string? ErrorCode, int Status, int Attempts)
{
    /// <summary>That of a record.</summary>
    public static UsageShape Of(UsageRecord record) => new(
        record.Tenant, record.KeyId, record.Api, record.Model, record.Provider, record.ProviderModel, record.Outcome, record.ErrorCode, record.Status, record.Attempts);

    /// <summary>Whether it is asked for, its time apart.</summary>
    public bool IsAsked(UsageQuery query) =>
        (query.Tenant is null || query.Tenant == Tenant)
        && (query.KeyId is null || query.KeyId == KeyId)
        && (query.Model is null || query.Model == Model)
        && (query.Provider is null || query.Provider == Provider);
}
