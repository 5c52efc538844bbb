using System.Text.Json.Nodes;

namespace AiGateway.Upstream;

/// <summary>A turn as one <c>chat.completion</c>, as many choices as <c>n</c> asks for.</summary>
internal static class ChatCompletion
{
    public const long Created = 1_741_476_777;

    public static JsonObject Of(ChatTurn turn, ReceivedRequest request)
    {
        var completion = Head(turn, request, "chat.completion");
        completion["choices"] = WireJson.Array(Enumerable.Range(0, Choices(request)).Select(index => new JsonObject
        {
            ["index"] = index,
            ["message"] = Message(turn),
            ["logprobs"] = turn.Logprobs ? Logprob.Chat(turn.Pieces) : null,
            ["finish_reason"] = turn.Finish,
        }));
        if (turn.UsagePlace != UsagePlace.Nowhere) completion["usage"] = turn.Usage.ToJson();
        return completion;
    }

    public static JsonObject Head(ChatTurn turn, ReceivedRequest request, string kind) => new()
    {
        ["id"] = $"chatcmpl-upstream-{request.Number:D4}",
        ["object"] = kind,
        ["created"] = Created,
        ["model"] = turn.Model ?? request.Field("model")?.ToString() ?? "upstream-model",
        ["service_tier"] = "default",
        ["system_fingerprint"] = "fp_upstream",
    };

    public static int Choices(ReceivedRequest request) => request.Field("n") is JsonValue n && n.TryGetValue<int>(out var count) ? count : 1;

    private static JsonObject Message(ChatTurn turn)
    {
        var message = new JsonObject { ["role"] = "assistant", ["content"] = turn.Text };
        if (turn.Reasoning is { } reasoning) message[turn.ReasoningField] = reasoning;
        if (turn.ToolCalls.Count > 0) message["tool_calls"] = WireJson.Array(turn.ToolCalls.Select(Call));
        message["refusal"] = turn.Refusal;
        message["annotations"] = new JsonArray();
        return message;
    }

    private static JsonObject Call(ToolCall call) => new()
    {
        ["id"] = call.Id,
        ["type"] = "function",
        ["function"] = new JsonObject { ["name"] = call.Name, ["arguments"] = call.Arguments },
    };
}
