namespace AiGateway.Protocol;

/// <summary>
/// A request for something that is kept, such as <c>GET /v1/responses/{id}</c>: no model is asked. Its path and query are as they came; a body, where the
/// method has one, is a JSON object.
/// </summary>
public sealed class ResourceRequest : GatewayRequest
{
    /// <summary>Creates a request.</summary>
    /// <param name="api">The API family that the thing belongs to.</param>
    /// <param name="method">The HTTP method, in capitals.</param>
    /// <param name="path">The path, such as <c>/v1/responses/resp_1</c>.</param>
    /// <param name="query">The query's values in order.</param>
    /// <param name="utf8">The body; empty for none.</param>
    /// <exception cref="GatewayException">The body is not a JSON object.</exception>
    public ResourceRequest(ApiKind api, string method, string path, IReadOnlyList<KeyValuePair<string, string>>? query = null, ReadOnlyMemory<byte> utf8 = default)
        : base(api, utf8, utf8.IsEmpty ? "" : "input")
    {
        Method = method;
        Path = path;
        Query = query ?? [];
    }

    /// <summary>The HTTP method, in capitals.</summary>
    public string Method { get; }

    /// <summary>The path.</summary>
    public string Path { get; }

    /// <summary>The query's values in order, names and values decoded. A name can come several times.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Query { get; }

    private protected override void Validate()
    {
    }
}
