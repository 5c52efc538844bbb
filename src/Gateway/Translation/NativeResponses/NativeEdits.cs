using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace AiGateway.Translation.NativeResponses;

/// <summary>
/// Remembers what hooks made of a stream's deltas, so that everything that repeats a text says what the client saw:
/// the <c>.done</c> events, the parts, the items and the final response. Costs nothing until a hook changes something.
/// </summary>
internal sealed class NativeEdits
{
    private readonly Dictionary<string, StringBuilder> _seen = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StringBuilder> _said = new(StringComparer.Ordinal);
    private bool _any;

    /// <summary>Notes a delta.</summary>
    /// <param name="type">The event's type.</param>
    /// <param name="members">The event.</param>
    /// <param name="said">What the provider said.</param>
    /// <param name="kept">What the client saw; null for nothing.</param>
    public void Note(string type, JsonObject members, string said, string? kept)
    {
        if (KeyOf(type, members) is not { } key)
            return;
        _any |= !string.Equals(said, kept, StringComparison.Ordinal);
        Append(_said, key, said);
        Append(_seen, key, kept);
    }

    /// <summary>Corrects an event that repeats a text.</summary>
    public void Apply(string type, JsonObject members)
    {
        if (!_any)
            return;
        if (KeyOf(type, members) is { } key)
        {
            foreach (var name in (ReadOnlySpan<string>)["text", "refusal", "arguments", "input", "code"])
                Correct(members, name, key);
            if (members["part"] is JsonObject part)
                CorrectPart(part, key);
        }

        if (members["item"] is JsonObject item)
            CorrectItem(item);
    }

    /// <summary>Corrects the items of a whole response.</summary>
    public void Apply(JsonArray output)
    {
        if (!_any)
            return;
        foreach (var item in output.OfType<JsonObject>())
            CorrectItem(item);
    }

    private static void Append(Dictionary<string, StringBuilder> texts, string key, string? text)
    {
        if (!texts.TryGetValue(key, out var builder))
            texts[key] = builder = new StringBuilder();
        builder.Append(text);
    }

    // The event's family is part of the key: a message's text and its refusal can share a place.
    private static string? KeyOf(string type, JsonObject members)
    {
        if (members["item_id"]?.ToString() is not { } item)
            return null;
        var summary = members["summary_index"]?.ToString();
        var content = members["content_index"]?.ToString();
        return summary is not null ? $"{item}/s{summary}" : content is not null ? $"{item}/c{content}" : type.Contains("call", StringComparison.Ordinal) ? $"{item}/a" : null;
    }

    private void CorrectItem(JsonObject item)
    {
        var id = item["id"]?.ToString();
        foreach (var name in (ReadOnlySpan<string>)["arguments", "input", "code"])
            Correct(item, name, $"{id}/a");
        CorrectParts(item["content"] as JsonArray, $"{id}/c");
        CorrectParts(item["summary"] as JsonArray, $"{id}/s");
    }

    private void CorrectParts(JsonArray? parts, string prefix)
    {
        for (var i = 0; i < parts?.Count; i++)
        {
            if (parts[i] is JsonObject part)
                CorrectPart(part, prefix + i.ToString(CultureInfo.InvariantCulture));
        }
    }

    private void CorrectPart(JsonObject part, string key)
    {
        Correct(part, "text", key);
        Correct(part, "refusal", key);
    }

    // Only a text that is what the deltas said: an event that opens a part is empty and stays so.
    private void Correct(JsonObject holder, string name, string key)
    {
        if (holder[name] is JsonValue value && value.GetValueKind() == System.Text.Json.JsonValueKind.String
            && _said.TryGetValue(key, out var said) && string.Equals(value.GetValue<string>(), said.ToString(), StringComparison.Ordinal))
        {
            holder[name] = _seen[key].ToString();
        }
    }
}
