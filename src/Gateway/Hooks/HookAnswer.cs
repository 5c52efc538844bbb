using System.Text.Json.Nodes;
using AiGateway.Protocol;

namespace AiGateway.Hooks;

/// <summary>What a request hook answers in the provider's place.</summary>
public abstract record HookAnswer
{
    private HookAnswer()
    {
    }

    /// <summary>A text, as if the model had said it: right on chat and responses, streamed or not.</summary>
    /// <param name="Value">The text.</param>
    public sealed record Text(string Value) : HookAnswer;

    /// <summary>A body of one's own, sent as it is. Not for a request that asked for a stream: that is a 500.</summary>
    /// <param name="Body">The body.</param>
    /// <param name="Status">The HTTP status; default 200.</param>
    public sealed record Json(JsonNode Body, int Status = 200) : HookAnswer;

    /// <summary>A refusal.</summary>
    /// <param name="Value">The error.</param>
    public sealed record Error(GatewayError Value) : HookAnswer;
}
