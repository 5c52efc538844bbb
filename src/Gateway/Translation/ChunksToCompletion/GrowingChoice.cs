using System.Text.Json;
using AiGateway.Translation.ChatToResponse;

namespace AiGateway.Translation.ChunksToCompletion;

/// <summary>One choice of a streamed chat completion, as its chunks build it.</summary>
/// <param name="index">Its place among the choices.</param>
internal sealed class GrowingChoice(int index)
{
    private readonly GrowingValue _message = new();
    private readonly GrowingValue _logprobs = new();
    private readonly GrowingValue _others = new();
    private readonly ToolCallTracker _tracker = new();
    private readonly Dictionary<ToolCallTracker.TrackedCall, GrowingValue> _calls = [];

    /// <summary>Its place among the choices.</summary>
    public int Index => index;

    /// <summary>Adds a chunk's choice.</summary>
    public void Add(JsonElement choice)
    {
        foreach (var member in choice.EnumerateObject())
        {
            switch (member.Name)
            {
                case "index":
                    break;
                case "delta" when member.Value.ValueKind == JsonValueKind.Object:
                    AddDelta(member.Value);
                    break;
                case "logprobs":
                    _logprobs.Add(member.Value);
                    break;
                default:
                    if (member.Value.ValueKind != JsonValueKind.Null)
                        _others[member.Name].Replace(member.Value);
                    break;
            }
        }
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("index"u8, index);
        json.WriteStartObject("message"u8);
        WriteMessage(json);
        json.WriteEndObject();
        json.WritePropertyName("logprobs"u8);
        _logprobs.Write(json);
        json.WritePropertyName("finish_reason"u8);
        _others["finish_reason"].Write(json);
        foreach (var (name, value) in _others.Members)
        {
            if (name == "finish_reason")
                continue;
            json.WritePropertyName(name);
            value.Write(json);
        }

        json.WriteEndObject();
    }

    private void AddDelta(JsonElement delta)
    {
        foreach (var member in delta.EnumerateObject())
        {
            if (member.NameEquals("tool_calls"u8) && member.Value.ValueKind == JsonValueKind.Array)
                AddCalls(member.Value);
            else
                _message[member.Name].Add(member.Value, isLabel: member.NameEquals("role"u8));
        }
    }

    private void AddCalls(JsonElement fragments)
    {
        var list = _message["tool_calls"];
        foreach (var fragment in fragments.EnumerateArray())
        {
            if (fragment.ValueKind != JsonValueKind.Object)
                continue;
            var tracked = _tracker.For(DeltaOf(fragment));
            if (!_calls.TryGetValue(tracked, out var call))
                _calls.Add(tracked, call = list.AddElement());
            foreach (var member in fragment.EnumerateObject())
            {
                // A whole completion's calls stand in order and have no index.
                if (!member.NameEquals("index"u8))
                    call[member.Name].Add(member.Value, isLabel: member.Name is "id" or "type");
            }
        }
    }

    private static ToolCallDelta DeltaOf(JsonElement fragment)
    {
        var isCustom = fragment.Has("custom"u8, out var body);
        if (!isCustom)
            fragment.Has("function"u8, out body);
        return new ToolCallDelta(
            fragment.Has("index"u8, out var at) && at.ValueKind == JsonValueKind.Number && at.TryGetInt32(out var number) ? number : null,
            Text(fragment, "id"u8),
            Text(body, "name"u8),
            Arguments: null,
            isCustom);
    }

    private static string? Text(JsonElement holder, ReadOnlySpan<byte> name) =>
        holder.Has(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    private void WriteMessage(Utf8JsonWriter json)
    {
        json.WritePropertyName("role"u8);
        if (_message.Find("role") is { HasText: true } role)
            role.Write(json);
        else
            json.WriteStringValue("assistant"u8);

        // A stream opens every message with an empty text; a whole completion says null where something else came in its place.
        json.WritePropertyName("content"u8);
        if (_message.Find("content") is { } content && !(content.IsEmptyText && SaysOtherwise()))
            content.Write(json);
        else
            json.WriteNullValue();
        _ = _message["refusal"];
        foreach (var (name, value) in _message.Members)
        {
            if (name is "role" or "content" || (name != "refusal" && value.IsNull))
                continue;
            json.WritePropertyName(name);
            value.Write(json);
        }
    }

    private bool SaysOtherwise() =>
        _calls.Count > 0 || _message.Find("refusal") is { HasText: true } || _message.Find("function_call") is { IsNull: false };
}
