using System.Text.Json.Nodes;

namespace AiGateway.Translation.NativeResponses;

/// <summary>
/// What a provider may say loosely and a client may not hear so (<c>spec/responses.md</c> §8, §9): members that must be left out rather than null,
/// and counts that must be there.
/// </summary>
internal static class NativeShape
{
    private static readonly string[] NeverNull = ["phase", "encrypted_content", "content", "status", "logprobs", "obfuscation"];

    /// <summary>Puts an event right, without the response or item in it.</summary>
    public static void Mend(JsonObject streamed)
    {
        RemoveNulls(streamed);
        if (streamed["part"] is JsonObject part)
            RemoveNulls(part);
    }

    /// <summary>Puts an item and its parts right.</summary>
    public static void MendItem(JsonObject item)
    {
        RemoveNulls(item);
        foreach (var part in (item["content"] as JsonArray ?? []).OfType<JsonObject>())
            RemoveNulls(part);
    }

    /// <summary>Puts a response object right, without its items.</summary>
    public static void MendResponse(JsonObject response)
    {
        if (response["reasoning"] is JsonObject reasoning)
        {
            reasoning.TryAdd("effort", null);
            reasoning.TryAdd("summary", null);
        }

        if (response["usage"] is not JsonObject usage)
            return;
        Fill(usage, "input_tokens_details", "cached_tokens");
        Fill(usage, "output_tokens_details", "reasoning_tokens");
    }

    private static void Fill(JsonObject usage, string details, string count)
    {
        if (usage[details] is not JsonObject known)
            usage[details] = known = [];
        if (known[count] is null)
            known[count] = 0;
    }

    private static void RemoveNulls(JsonObject holder)
    {
        foreach (var name in NeverNull)
        {
            if (holder.TryGetPropertyValue(name, out var value) && value is null)
                holder.Remove(name);
        }
    }
}
