using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AiGateway.Upstream;

/// <summary>JSON as providers write it: compact, non-ASCII text unescaped.</summary>
internal static class WireJson
{
    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A string is JSON already and stays as it is, valid or not.</summary>
    public static string Text(object json) => json switch
    {
        string text => text,
        JsonNode node => node.ToJsonString(Options),
        _ => JsonSerializer.Serialize(json, Options),
    };

    public static byte[] Bytes(object json) => Encoding.UTF8.GetBytes(Text(json));

    public static JsonObject Merge(JsonObject into, JsonObject from)
    {
        foreach (var (key, value) in from) into[key] = value?.DeepClone();
        return into;
    }

    public static JsonArray Array(IEnumerable<JsonNode?> nodes) => new([.. nodes]);
}
