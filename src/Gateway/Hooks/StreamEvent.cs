using System.Text.Json;
using System.Text.Json.Nodes;
using AiGateway.Protocol;

namespace AiGateway.Hooks;

/// <summary>One chunk or event of a stream, on its way to the client. Valid only while a hook runs.</summary>
public sealed class StreamEvent
{
    private JsonObject? _json;

    /// <summary>The event's type, such as <c>response.output_text.delta</c>; null for a chat chunk, which has none.</summary>
    public string? Type { get; private set; }

    /// <summary>The event's JSON as UTF-8. Does not show changes made through <see cref="Json"/>.</summary>
    public ReadOnlyMemory<byte> Utf8 { get; private set; }

    /// <summary>The event as a mutable object. The first call parses it; changes are what the client receives.</summary>
    public JsonObject Json => _json ??= JsonNode.Parse(Utf8.Span, JsonFormat.NodeOptions, JsonFormat.DocumentOptions)!.AsObject();

    /// <summary>Whether a hook dropped the event.</summary>
    public bool IsDropped { get; private set; }

    /// <summary>Whether somebody asked for <see cref="Json"/>, so that the bytes must be made anew.</summary>
    internal bool IsMaterialized => _json is not null;

    /// <summary>Keeps the event from the client. Later hooks do not see it.</summary>
    public void Drop() => IsDropped = true;

    /// <summary>
    /// Edits the generated text that this event carries, if it carries any: the content of every choice of a chat chunk, or the text of an
    /// <c>output_text</c> delta. Other events are left alone: what they repeat is made from the edited deltas.
    /// </summary>
    /// <param name="edit">From the text to what the client is to see.</param>
    public void EditText(Func<string, string> edit)
    {
        if (Type is null)
        {
            if (Utf8.Span.IndexOf("\"content\""u8) < 0 && _json is null)
                return;
            foreach (var choice in Json["choices"] as JsonArray ?? [])
            {
                if (choice?["delta"] is JsonObject delta)
                    Edit(delta, "content", edit);
            }
        }
        else if (Type == "response.output_text.delta")
        {
            Edit(Json, "delta", edit);
        }
    }

    /// <summary>Starts over with another event.</summary>
    internal void Reset(string? type, ReadOnlyMemory<byte> utf8)
    {
        Type = type;
        Utf8 = utf8;
        IsDropped = false;
        _json = null;
    }

    /// <summary>The event's bytes with every change in them.</summary>
    internal ReadOnlyMemory<byte> ToUtf8() =>
        _json is null ? Utf8 : JsonSerializer.SerializeToUtf8Bytes(_json, JsonFormat.SerializerOptions);

    private static void Edit(JsonObject holder, string name, Func<string, string> edit)
    {
        if (holder[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String)
        {
            var text = value.GetValue<string>();
            var edited = edit(text);
            if (!string.Equals(text, edited, StringComparison.Ordinal))
                holder[name] = edited;
        }
    }
}
