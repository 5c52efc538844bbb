using System.Text.Json.Nodes;
using AiGateway.Hooks;
using AiGateway.Protocol;

namespace AiGateway.Samples.Embedding;

/// <summary>Puts the house's rules before every conversation: what a hook changes is what the provider receives.</summary>
internal sealed class HouseRules : IRequestHook
{
    private const string Rules = "Answer in one sentence.";

    public ValueTask OnRequestAsync(GatewayCall call, CancellationToken cancellationToken)
    {
        if (call.Request is ChatRequest chat)
            chat.Messages.Insert(0, new JsonObject { ["role"] = "system", ["content"] = Rules });
        else if (call.Request is ResponsesRequest response)
            response.Instructions = $"{Rules} {response.Instructions}";
        return default;
    }
}
