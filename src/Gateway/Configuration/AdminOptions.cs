namespace AiGateway.Configuration;

/// <summary>The admin API, <c>/admin/…</c>, as configured under <c>Gateway:Admin</c>.</summary>
public sealed record AdminOptions
{
    /// <summary>The key that it asks for, best as <c>${NAME}</c>, of at least 16 characters; not one for models. Null (default): there is no admin API.</summary>
    public string? Key { get; init; }

    /// <summary>The only port that it answers on; the process has to listen there too. Null (default): every port.</summary>
    public int? Port { get; init; }

    /// <summary>Nothing: what the compiler would write holds the key.</summary>
    /// <returns>A name.</returns>
    public override string ToString() => "admin API";
}
