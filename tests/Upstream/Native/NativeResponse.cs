using System.Text.Json.Nodes;

namespace AiGateway.Upstream;

/// <summary>The response object: all 31 keys, the request's values echoed, defaults filled in.</summary>
internal static class NativeResponse
{
    public static string Id(ReceivedRequest request) => $"resp_upstream_{request.Number:D4}";

    public static string ItemId(NativeItem item, ReceivedRequest request, int index) =>
        item.Id ?? $"{item.IdPrefix}_upstream_{request.Number:D4}_{index}";

    public static JsonArray Output(NativeTurn turn, ReceivedRequest request) => WireJson.Array(turn.Items.Select(
        (item, index) => item.Final(ItemId(item, request, index), ItemStatus(turn, index))));

    public static string ItemStatus(NativeTurn turn, int index) =>
        turn.Status != "completed" && index == turn.Items.Count - 1 ? "incomplete" : "completed";

    public static JsonObject Final(NativeTurn turn, ReceivedRequest request)
    {
        var response = Snapshot(request, turn.Status);
        response["output"] = Output(turn, request);
        response["service_tier"] = "default";
        if (turn.Status == "completed") response["completed_at"] = ChatCompletion.Created + 1;
        if (turn.IncompleteReason is { } reason && turn.Status == "incomplete") response["incomplete_details"] = new JsonObject { ["reason"] = reason };
        if (turn.ErrorCode is { } code) response["error"] = new JsonObject { ["code"] = code, ["message"] = turn.ErrorMessage };
        if (turn.Status != "failed") response["usage"] = Usage(turn);
        return response;
    }

    /// <summary>As <c>response.created</c> has it: no output, no usage.</summary>
    public static JsonObject Snapshot(ReceivedRequest request, string status)
    {
        return new JsonObject
        {
            ["id"] = Id(request),
            ["object"] = "response",
            ["created_at"] = ChatCompletion.Created,
            ["completed_at"] = null,
            ["status"] = status,
            ["incomplete_details"] = null,
            ["error"] = null,
            ["model"] = Echo("model", "upstream-model"),
            ["previous_response_id"] = Echo("previous_response_id", null),
            ["instructions"] = Echo("instructions", null),
            ["output"] = new JsonArray(),
            ["tools"] = Tools(request),
            ["tool_choice"] = Echo("tool_choice", "auto"),
            ["truncation"] = Echo("truncation", "disabled"),
            ["parallel_tool_calls"] = Echo("parallel_tool_calls", true),
            ["text"] = Echo("text", new JsonObject { ["format"] = new JsonObject { ["type"] = "text" }, ["verbosity"] = "medium" }),
            ["temperature"] = Echo("temperature", 1.0),
            ["top_p"] = Echo("top_p", 1.0),
            ["presence_penalty"] = Echo("presence_penalty", 0.0),
            ["frequency_penalty"] = Echo("frequency_penalty", 0.0),
            ["top_logprobs"] = Echo("top_logprobs", 0),
            ["max_output_tokens"] = Echo("max_output_tokens", null),
            ["max_tool_calls"] = Echo("max_tool_calls", null),
            ["reasoning"] = Reasoning(request),
            ["store"] = Echo("store", true),
            ["background"] = Echo("background", false),
            ["metadata"] = Echo("metadata", new JsonObject()),
            ["safety_identifier"] = Echo("safety_identifier", null),
            ["prompt_cache_key"] = Echo("prompt_cache_key", null),
            ["service_tier"] = Echo("service_tier", "auto"),
            ["usage"] = null,
        };

        JsonNode? Echo(string key, JsonNode? otherwise) => request.Field(key)?.DeepClone() ?? otherwise;
    }

    private static JsonObject Usage(NativeTurn turn) => new()
    {
        ["input_tokens"] = turn.InputTokens,
        ["input_tokens_details"] = new JsonObject { ["cached_tokens"] = turn.CachedTokens },
        ["output_tokens"] = turn.OutputTokens,
        ["output_tokens_details"] = new JsonObject { ["reasoning_tokens"] = turn.ReasoningTokens },
        ["total_tokens"] = turn.InputTokens + turn.OutputTokens,
    };

    private static JsonObject Reasoning(ReceivedRequest request) => WireJson.Merge(
        new JsonObject { ["effort"] = null, ["summary"] = null },
        request.Field("reasoning") as JsonObject ?? []);

    private static JsonArray Tools(ReceivedRequest request) => WireJson.Array((request.Field("tools") as JsonArray ?? []).Select(tool =>
        tool is JsonObject function && function["type"]?.ToString() == "function"
            ? WireJson.Merge(
                new JsonObject { ["type"] = "function", ["name"] = null, ["description"] = null, ["parameters"] = null, ["strict"] = true },
                function)
            : tool?.DeepClone()));
}
