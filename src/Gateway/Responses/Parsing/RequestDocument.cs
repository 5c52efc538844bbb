using System.Text.Json;
using AiGateway.Protocol;

namespace AiGateway.Responses.Parsing;

/// <summary>A request body as a document: one JSON object, not too deep, whose strings can all be decoded.</summary>
internal static class RequestDocument
{
    /// <summary>Parses a body.</summary>
    /// <param name="utf8">UTF-8 JSON, whole. The document reads from it as long as it lives.</param>
    /// <returns>The document; the caller disposes it.</returns>
    /// <exception cref="GatewayException">400: it is none.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> utf8)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(utf8, JsonFormat.DocumentOptions);
        }
        catch (JsonException e)
        {
            throw new GatewayException(RequestEnvelope.BadJson(e), e);
        }

        if (document.RootElement.ValueKind == JsonValueKind.Object && WellFormedText.IsWellFormed(utf8.Span))
            return document;
        var isObject = document.RootElement.ValueKind == JsonValueKind.Object;
        document.Dispose();
        if (isObject)
            WellFormedText.Check(utf8.Span);
        throw new GatewayException(GatewayErrors.BadJson("The request body must be a JSON object."));
    }
}
