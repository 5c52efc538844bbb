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
    public bool IsAsked(UsageQuery query) => query.Asks(Tenant, KeyId, Model, Provider);

    /// <summary>A record of which nothing else is known.</summary>
    /// <param name="startedAt">When its call began, in milliseconds since 1970.</param>
    public UsageRecord ToRecord(long startedAt) => new()
    {
        Id = "",
        Tenant = Tenant,
        KeyId = KeyId,
        Api = Api,
        Model = Model,
        Provider = Provider,
        ProviderModel = ProviderModel,
        StartedAt = SqliteValues.Time(startedAt),
        Status = Status,
        Outcome = Outcome,
        ErrorCode = ErrorCode,
        Attempts = Attempts,
    };
}
