using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using AiGateway.Configuration;
using AiGateway.Metering;

namespace AiGateway.Tenants;

/// <summary>A key as it is kept: everything but the key.</summary>
internal sealed record KeyRecord
{
    public string Id { get; init; } = "";

    public string? Name { get; init; }

    public string? Tenant { get; init; }

    /// <summary>The keyed hash of the key.</summary>
    public byte[] Hash { get; init; } = [];

    /// <summary>The keyed hash of the key that it took the place of; null for none.</summary>
    public byte[]? PreviousHash { get; init; }

    /// <summary>Until when that one is good too.</summary>
    public DateTimeOffset? PreviousUntil { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    public bool Disabled { get; init; }

    public IReadOnlyList<string> Models { get; init; } = [];

    public LimitOptions Limits { get; init; } = new();

    public IReadOnlyList<BudgetOptions> Budgets { get; init; } = [];

    public JsonObject? Metadata { get; init; }

    public byte[] ToUtf8() => JsonSerializer.SerializeToUtf8Bytes(this, DirectoryJson.Default.KeyRecord);

    public static KeyRecord Read(ReadOnlyMemory<byte> body) => JsonSerializer.Deserialize(body.Span, DirectoryJson.Default.KeyRecord)!;
}

/// <summary>A tenant as it is kept.</summary>
internal sealed record TenantRecord
{
    public string Name { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    public bool Disabled { get; init; }

    public IReadOnlyList<string> Models { get; init; } = [];

    public LimitOptions Limits { get; init; } = new();

    public IReadOnlyList<BudgetOptions> Budgets { get; init; } = [];

    public JsonObject? Metadata { get; init; }

    public TenantOptions ToOptions() => new() { Name = Name, Models = Models, Limits = Limits, Budgets = Budgets, Disabled = Disabled };

    public byte[] ToUtf8() => JsonSerializer.SerializeToUtf8Bytes(this, DirectoryJson.Default.TenantRecord);

    public static TenantRecord Read(ReadOnlyMemory<byte> body) => JsonSerializer.Deserialize(body.Span, DirectoryJson.Default.TenantRecord)!;
}

/// <summary>How both stand in JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(KeyRecord))]
[JsonSerializable(typeof(TenantRecord))]
internal sealed partial class DirectoryJson : JsonSerializerContext;
