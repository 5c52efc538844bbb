using System.Text.Json;
using System.Text.Json.Nodes;

namespace AiGateway.Providers.Demo;

/// <summary>Words for strings: the last proper name that the user used, or the property's own name; the right form where the schema asks for one.</summary>
/// <param name="userText">What the user said.</param>
internal sealed class DemoWords(string userText)
{
    private readonly string? _name = userText
        .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
        .Skip(1)
        .Select(w => w.Trim('.', ',', ';', ':', '!', '?', '"', '\'', '(', ')'))
        .LastOrDefault(w => w.Length > 1 && char.IsUpper(w[0]));

    public JsonNode Text(string property, JsonElement schema)
    {
        var text = (DemoBody.Find(schema, "format") is { ValueKind: JsonValueKind.String } format ? format.GetString() : null) switch
        {
            "date" => "2025-01-01",
            "time" => "12:00:00Z",
            "date-time" => "2025-01-01T12:00:00Z",
            "duration" => "P1D",
            "email" => "demo@example.com",
            "hostname" => "example.com",
            "ipv4" => "192.0.2.1",
            "ipv6" => "2001:db8::1",
            "uri" => "https://example.com/",
            "uuid" => "00000000-0000-4000-8000-000000000000",
            _ => Fit(_name ?? property, schema),
        };
        return JsonValue.Create(text);
    }

    private static string Fit(string text, JsonElement schema)
    {
        if (DemoNumbers.Bound(schema, "minLength") is { } least && text.Length < least)
            text = text.PadRight(Math.Min(least, 10_000), 'x');
        return DemoNumbers.Bound(schema, "maxLength") is { } most && text.Length > most ? text[..most] : text;
    }
}
