using System.Text.Json;
using AiGateway.Protocol;

namespace AiGateway.Translation.ChunksToCompletion;

/// <summary>Puts the chunks of a chat stream together to the completion that they would have been as a whole answer: the other way round than <see cref="CompletionToChunks"/>.</summary>
internal sealed class CompletionAssembler
{
    private readonly GrowingValue _root = new();
    private readonly SortedDictionary<int, GrowingChoice> _choices = [];
    private GrowingValue? _usage;

    /// <summary>Adds a chunk.</summary>
    /// <param name="chunk">UTF-8 JSON; not needed afterwards.</param>
    public void Add(ReadOnlyMemory<byte> chunk)
    {
        using var document = JsonDocument.Parse(chunk, JsonFormat.DocumentOptions);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            return;
        foreach (var member in document.RootElement.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Null)
                continue;
            switch (member.Name)
            {
                // Padding of single chunks, and their own kind.
                case "object" or "obfuscation":
                    break;
                case "choices" when member.Value.ValueKind == JsonValueKind.Array:
                    AddChoices(member.Value);
                    break;
                case "usage":
                    AddUsage(member.Value);
                    break;
                case "id" or "created" or "model" when _root.Find(member.Name) is not null:
                    break;
                default:
                    _root[member.Name].Replace(member.Value);
                    break;
            }
        }
    }

    /// <summary>Adds usage that the chunks do not show. What they do show counts more.</summary>
    /// <param name="usage">UTF-8 JSON; empty for none.</param>
    public void AddHiddenUsage(ReadOnlyMemory<byte> usage)
    {
        if (usage.IsEmpty || _usage is not null)
            return;
        using var document = JsonDocument.Parse(usage, JsonFormat.DocumentOptions);
        AddUsage(document.RootElement);
    }

    /// <summary>The completion.</summary>
    /// <returns>UTF-8 JSON.</returns>
    public ReadOnlyMemory<byte> ToCompletion() => JsonBytes.Of(json =>
    {
        json.WriteStartObject();
        Write(json, "id", _root.Find("id"));
        json.WriteString("object"u8, "chat.completion"u8);
        Write(json, "created", _root.Find("created"));
        Write(json, "model", _root.Find("model"));
        json.WriteStartArray("choices"u8);
        foreach (var choice in _choices.Values)
            choice.Write(json);
        json.WriteEndArray();
        Write(json, "usage", _usage);
        foreach (var (name, value) in _root.Members)
        {
            if (name is not ("id" or "created" or "model"))
                Write(json, name, value);
        }

        json.WriteEndObject();
    });

    private void AddChoices(JsonElement choices)
    {
        foreach (var choice in choices.EnumerateArray())
        {
            if (choice.ValueKind != JsonValueKind.Object)
                continue;
            var index = choice.TryGetProperty("index"u8, out var at) && at.ValueKind == JsonValueKind.Number && at.TryGetInt32(out var number) ? number : 0;
            if (!_choices.TryGetValue(index, out var known))
                _choices.Add(index, known = new GrowingChoice(index));
            known.Add(choice);
        }
    }

    private void AddUsage(JsonElement usage) => (_usage ??= new GrowingValue()).Replace(usage);

    private static void Write(Utf8JsonWriter json, string name, GrowingValue? value)
    {
        if (value is null)
            return;
        json.WritePropertyName(name);
        value.Write(json);
    }
}
