using System.Runtime.InteropServices;
using System.Text.Json;

namespace AiGateway.Responses.Parsing;

/// <summary>Names outside the specification carry their implementor's prefix, as in <c>acme:search_result</c> (<c>spec/responses.md</c> §18).</summary>
internal static class ExtensionName
{
    /// <summary>Whether a type is such a name: something on either side of the colon.</summary>
    public static bool Is(JsonElement type)
    {
        var raw = JsonMarshal.GetRawUtf8Value(type)[1..^1];
        var colon = raw.IndexOf((byte)':');
        return colon > 0 && colon < raw.Length - 1;
    }
}
