namespace AiGateway.Protocol;

/// <summary>The API families a provider can speak and a client can call. A set: values combine.</summary>
[Flags]
public enum ApiKind
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary><c>POST /v1/chat/completions</c>.</summary>
    Chat = 1,

    /// <summary><c>POST /v1/responses</c>.</summary>
    Responses = 2,

    /// <summary><c>POST /v1/embeddings</c>.</summary>
    Embeddings = 4,

    /// <summary><c>POST /v1/images/generations</c>.</summary>
    Images = 8,

    /// <summary><c>GET /v1/models</c> and <c>GET /v1/models/{id}</c>.</summary>
    Models = 16,

    /// <summary>Every family.</summary>
    All = Chat | Responses | Embeddings | Images | Models,
}
