using System.Text.Json;
using System.Text.Json.Nodes;
using AiGateway.Protocol;
using AiGateway.Providers;
using AiGateway.Responses;

namespace AiGateway.Translation.NativeResponses;

/// <summary>A whole response object from a provider, made ours.</summary>
internal static class NativeAnswer
{
    /// <summary>Reads and adopts a body.</summary>
    /// <param name="body">UTF-8 JSON.</param>
    /// <param name="snapshot">The response's beginning.</param>
    /// <param name="choice">Which tools may be called.</param>
    /// <param name="reported">Makes the exception for an error that came in place of a response.</param>
    /// <param name="ids">The items' ids.</param>
    /// <returns>The response object.</returns>
    /// <exception cref="GatewayException">It is none.</exception>
    public static JsonObject Adopt(
        ReadOnlyMemory<byte> body, NativeSnapshot snapshot, ToolChoice choice, Func<ReadOnlyMemory<byte>, GatewayException> reported, ItemIds ids)
    {
        var response = NativeJson.Read(body.Span);
        if (response?["error"] is JsonObject && response["output"] is null)
            throw reported(body);
        if (response?["output"] is not JsonArray output || output.Any(item => item is not JsonObject)
            || response["status"] is not JsonValue status || status.GetValueKind() != JsonValueKind.String)
        {
            throw new ProviderException(ProviderFailure.InvalidAnswer);
        }

        Suppress(output, choice);
        snapshot.Adopt(response, new NativeIds(ids));
        return response;
    }

    /// <summary>Takes out calls that may not be made.</summary>
    /// <exception cref="GatewayException">Nothing else was said.</exception>
    public static void Suppress(JsonArray output, ToolChoice choice)
    {
        var forbidden = output.Where(item => IsForbidden(item!.AsObject(), choice)).ToList();
        foreach (var item in forbidden)
            output.Remove(item);
        if (forbidden.Count > 0 && output.Count == 0)
            throw new GatewayException(ToolChoice.NotAllowed());
    }

    /// <summary>Whether an item is a call that may not be made.</summary>
    public static bool IsForbidden(JsonObject item, ToolChoice choice) =>
        item["type"]?.ToString() is "function_call" or "custom_tool_call"
        && item["name"] is JsonValue name && !choice.Permits(name.ToString(), isCustom: item["type"]!.ToString() == "custom_tool_call");
}
