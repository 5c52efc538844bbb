using System.Text.Json;
using AiGateway.Protocol;
using AiGateway.Responses.Parsing;

namespace AiGateway.Translation;

/// <summary>What a chat request can ask for and the Responses API has no words for.</summary>
internal static class ResponsesUnsupported
{
    public static void Check(FieldReader root)
    {
        if (root.Integer("n", 1, 128) is > 1)
            throw new GatewayException(Parameter("n"));
        if (root.Has("stop", out var stop) && !(stop.ValueKind == JsonValueKind.Array && stop.GetArrayLength() == 0))
            throw new GatewayException(Parameter("stop"));
        if (root.HasObject("logit_bias", out var bias) && bias.Json.EnumerateObject().MoveNext())
            throw new GatewayException(Parameter("logit_bias"));
        if (root.Has("audio"))
            throw new GatewayException(Parameter("audio"));
        if (root.Has("web_search_options"))
            throw new GatewayException(Parameter("web_search_options"));
        if (!root.HasArray("modalities", out var modalities))
            return;
        foreach (var modality in modalities.EnumerateArray())
        {
            if (modality.ValueKind != JsonValueKind.String || !modality.ValueEquals("text"u8))
                throw new GatewayException(Parameter("modalities"));
        }
    }

    public static GatewayError Parameter(string param) => GatewayErrors.Unsupported(
        param, $"Unsupported parameter: '{param}' is not supported with this model: its provider speaks the Responses API only.");
}
