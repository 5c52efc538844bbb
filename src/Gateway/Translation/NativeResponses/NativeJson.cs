using System.Text.Json;
using System.Text.Json.Nodes;
using AiGateway.Protocol;
using AiGateway.Providers;
using AiGateway.Responses.Parsing;

namespace AiGateway.Translation.NativeResponses;

/// <summary>Reads what a provider sent, so that nothing that is wrong with it can show later: no name twice, every string whole.</summary>
internal static class NativeJson
{
    /// <summary>Reads a body or an event.</summary>
    /// <param name="utf8">UTF-8 JSON.</param>
    /// <returns>The object; null where it is other JSON.</returns>
    /// <exception cref="ProviderException">It is no JSON.</exception>
    public static JsonObject? Read(ReadOnlySpan<byte> utf8)
    {
        if (!WellFormedText.IsWellFormed(utf8))
            throw new ProviderException(ProviderFailure.InvalidAnswer);
        try
        {
            return JsonNode.Parse(utf8, JsonFormat.NodeOptions, JsonFormat.NodeDocumentOptions) as JsonObject;
        }
        catch (JsonException e)
        {
            throw new ProviderException(ProviderFailure.InvalidAnswer, e);
        }
    }
}
