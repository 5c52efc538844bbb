using System.Runtime.InteropServices;
using System.Text.Json;

namespace AiGateway.Translation;

/// <summary>The items of a stream while they grow: what each event adds to the chat message, and what was said already.</summary>
/// <param name="form">What the chat request asked for.</param>
/// <param name="chunks">Where chunks go.</param>
internal sealed class ResponseDeltas(ChatAnswerForm form, ChatChunkWriter chunks)
{
    private readonly List<ResponseItemProgress?> _items = [];
    private int _calls, _contentUnits, _current;
    private ResponseItemProgress.Part? _lastReasoning;

    public bool HasCalls => _calls > 0;

    /// <summary>Takes an event about one item.</summary>
    public void On(string type, ResponseEventFields fields)
    {
        var index = fields.OutputIndex >= 0 ? fields.OutputIndex : _current;
        switch (type)
        {
            case "response.output_text.delta":
                Text(Item(index, "message").At(fields.PartIndex), fields.Delta, fields.Logprobs);
                break;
            case "response.output_text.done":
                Rest(Item(index, "message"), fields.PartIndex, "output_text", fields.Full, fields.Logprobs);
                break;
            case "response.refusal.delta":
                Refusal(Item(index, "message").At(fields.PartIndex), fields.Delta);
                break;
            case "response.refusal.done":
                Rest(Item(index, "message"), fields.PartIndex, "refusal", fields.Full, default);
                break;
            case "response.reasoning_text.delta" or "response.reasoning.delta":
                Reasoning(Item(index, "reasoning"), fields.PartIndex, isSummary: false, fields.Delta);
                break;
            case "response.reasoning_summary_text.delta":
                Reasoning(Item(index, "reasoning"), fields.PartIndex, isSummary: true, fields.Delta);
                break;
            case "response.reasoning_text.done" or "response.reasoning.done":
                Rest(Item(index, "reasoning"), fields.PartIndex, "reasoning_text", fields.Full, default);
                break;
            case "response.reasoning_summary_text.done":
                Rest(Item(index, "reasoning"), fields.PartIndex, "summary_text", fields.Full, default);
                break;
            case "response.function_call_arguments.delta" or "response.custom_tool_call_input.delta":
                Arguments(Find(index), fields.Delta);
                break;
            case "response.function_call_arguments.done" or "response.custom_tool_call_input.done":
                if (Find(index) is { } call)
                    Rest(call, 0, "arguments", fields.Full, default);
                break;
            case "response.output_text.annotation.added" when !fields.Subject.IsEmpty:
                Annotation(Item(index, "message").At(fields.PartIndex), Parse(fields.Subject));
                break;
            case "response.content_part.done" when !fields.Subject.IsEmpty && Find(index) is { } holder:
                CompletePart(holder, fields.PartIndex, Parse(fields.Subject));
                break;
            case "response.output_item.added" when !fields.Subject.IsEmpty:
                _current = fields.OutputIndex >= 0 ? index : _items.Count;
                var item = Parse(fields.Subject);
                if (ResponseOutcome.Text(item, "type"u8) is { } kind)
                    Added(Item(_current, kind), item);
                break;
            case "response.output_item.done" when !fields.Subject.IsEmpty:
                Complete(index, Parse(fields.Subject));
                break;
        }
    }

    /// <summary>Takes an item's final form and says what of it was not said yet.</summary>
    public void Complete(int index, JsonElement item)
    {
        if (ResponseOutcome.Text(item, "type"u8) is not { } kind || kind is not ("message" or "reasoning" or "function_call" or "custom_tool_call"))
            return;
        var progress = Same(index, kind, item);
        if (progress is null)
            _items.Add(progress = new ResponseItemProgress(kind));
        Added(progress, item);
        switch (progress.Kind)
        {
            case "message":
                CompleteMessage(progress, item);
                break;
            case "reasoning":
                CompleteReasoning(progress, item);
                break;
            default:
                if (item.Has(progress.Kind == "function_call" ? "arguments"u8 : "input"u8, out var said))
                    Rest(progress, 0, "arguments", Raw(said), default);
                break;
        }
    }

    private void CompleteMessage(ResponseItemProgress progress, JsonElement item)
    {
        if (!item.Has("content"u8, out var content))
            return;
        var i = 0;
        foreach (var part in ChatItems.Parts(content))
            CompletePart(progress, i++, part);
    }

    private void CompletePart(ResponseItemProgress progress, int index, JsonElement part)
    {
        if (part.Has("refusal"u8, out var refusal))
        {
            Rest(progress, index, "refusal", Raw(refusal), default);
            return;
        }

        if (!part.Has("text"u8, out var text))
            return;
        if (progress.Kind == "reasoning")
        {
            Rest(progress, index, "reasoning_text", Raw(text), default);
            return;
        }

        var logprobs = part.Has("logprobs"u8, out var array) && array.ValueKind == JsonValueKind.Array && array.GetArrayLength() > 0 ? Raw(array) : default;
        Rest(progress, index, "output_text", Raw(text), logprobs);
        if (part.Has("annotations"u8, out var annotations))
            CompleteAnnotations(progress.At(index), annotations);
    }

    private void CompleteAnnotations(ResponseItemProgress.Part part, JsonElement annotations)
    {
        var i = 0;
        foreach (var annotation in ChatItems.Parts(annotations))
        {
            if (i++ >= part.Annotations)
                Annotation(part, annotation);
        }
    }

    private void CompleteReasoning(ResponseItemProgress progress, JsonElement item)
    {
        // Raw text wins where both are there and neither has begun, as in an answer that is not streamed.
        var hasRaw = item.Has("content"u8, out var content) && content.ValueKind == JsonValueKind.Array && content.GetArrayLength() > 0;
        var summary = progress.ShowsSummary ?? !hasRaw;
        if (!item.Has(summary ? "summary"u8 : "content"u8, out var parts))
            return;
        var i = 0;
        foreach (var part in ChatItems.Parts(parts))
        {
            if (part.Has("text"u8, out var text))
                Rest(progress, i, summary ? "summary_text" : "reasoning_text", Raw(text), default);
            i++;
        }
    }

    private void Added(ResponseItemProgress progress, JsonElement item)
    {
        progress.Id ??= ResponseOutcome.Text(item, "id"u8);
        if (progress.ToolIndex >= 0 || progress.Kind is not ("function_call" or "custom_tool_call"))
            return;
        progress.ToolIndex = _calls++;
        if (form.LegacyFunctions && progress.ToolIndex > 0)
            return;
        chunks.Role(isCall: true);
        chunks.Delta((item, progress.ToolIndex, form.LegacyFunctions), static (writer, call) => ChatCallDelta.WriteStart(writer, call.item, call.ToolIndex, call.LegacyFunctions));
    }

    /// <summary>What a final text has beyond what its deltas said.</summary>
    private void Rest(ResponseItemProgress item, int index, string kind, ReadOnlySpan<byte> full, ReadOnlySpan<byte> logprobs)
    {
        if (full.IsEmpty || full[0] != '"')
            return;
        var part = item.At(index);
        if (kind != "output_text" || part.HasLogprobs)
            logprobs = default;
        if (JsonStringBytes.Units(full) <= part.Units)
        {
            // Some providers give them with the whole text only.
            if (!logprobs.IsEmpty)
                Text(part, default, logprobs);
            return;
        }

        ReadOnlySpan<byte> rest = part.Units == 0 ? full : [(byte)'"', .. JsonStringBytes.After(full, part.Units)];
        switch (kind)
        {
            case "output_text":
                Text(part, rest, logprobs);
                break;
            case "refusal":
                Refusal(part, rest);
                break;
            case "arguments":
                Arguments(item, rest);
                break;
            default:
                Reasoning(item, index, kind == "summary_text", rest);
                break;
        }
    }

    private void Text(ResponseItemProgress.Part part, ReadOnlySpan<byte> delta, ReadOnlySpan<byte> logprobs)
    {
        if (delta.Length <= 2 && logprobs.IsEmpty)
            return;
        if (part.Offset < 0)
            part.Offset = _contentUnits;
        var units = JsonStringBytes.Units(delta.IsEmpty ? "\"\""u8 : delta);
        part.Units += units;
        part.HasLogprobs |= !logprobs.IsEmpty;
        _contentUnits += units;
        chunks.Role(isCall: false);
        chunks.Text("\"content\":"u8, delta.IsEmpty ? "\"\""u8 : delta, default, logprobs);
    }

    private void Refusal(ResponseItemProgress.Part part, ReadOnlySpan<byte> delta)
    {
        if (delta.Length <= 2)
            return;
        part.Units += JsonStringBytes.Units(delta);
        chunks.Role(isCall: false);
        chunks.Text("\"refusal\":"u8, delta, default, default);
    }

    private void Reasoning(ResponseItemProgress item, int index, bool isSummary, ReadOnlySpan<byte> delta)
    {
        if (delta.Length <= 2 || (item.ShowsSummary ??= isSummary) != isSummary)
            return;
        var part = item.At(index);
        chunks.Role(isCall: false);
        if (_lastReasoning is not null && _lastReasoning != part)
            chunks.Text("\"reasoning_content\":"u8, "\"\\n\\n\""u8, default, default);
        _lastReasoning = part;
        part.Units += JsonStringBytes.Units(delta);
        chunks.Text("\"reasoning_content\":"u8, delta, default, default);
    }

    private void Arguments(ResponseItemProgress? item, ReadOnlySpan<byte> delta)
    {
        // Without the item that names the call nobody could use a fragment: all of it comes with the item's final form.
        if (item is null || item.ToolIndex < 0 || delta.Length <= 2 || (form.LegacyFunctions && item.ToolIndex > 0))
            return;
        item.At(0).Units += JsonStringBytes.Units(delta);
        Span<byte> opening = stackalloc byte[80];
        var (field, closing) = ChatCallDelta.Fragment(opening, item.Kind, item.ToolIndex, form.LegacyFunctions);
        chunks.Text(field, delta, closing, default);
    }

    private void Annotation(ResponseItemProgress.Part part, JsonElement annotation)
    {
        part.Annotations++;
        if (!ChatAnnotations.IsCitation(annotation))
            return;
        chunks.Role(isCall: false);
        chunks.Delta((annotation, Math.Max(part.Offset, 0)), static (writer, state) =>
        {
            writer.WriteStartArray("annotations"u8);
            ChatAnnotations.Write(writer, state.annotation, state.Item2);
            writer.WriteEndArray();
        });
    }

    /// <summary>
    /// The progress of an item that is now whole. By its id before its index: a provider may leave an item out of its final
    /// list, and text said under one index is not to be said again under another.
    /// </summary>
    private ResponseItemProgress? Same(int index, string kind, JsonElement item)
    {
        if (ResponseOutcome.Text(item, "id"u8) is { Length: > 0 } id)
        {
            foreach (var known in _items)
            {
                if (known?.Id == id && known.Kind == kind)
                    return known;
            }
        }

        return Find(index) is { } there && there.Kind == kind ? there : null;
    }

    private ResponseItemProgress? Find(int index) => index < _items.Count ? _items[index] : null;

    /// <summary>The progress of an item; a new one where the index is taken by an item of another type.</summary>
    private ResponseItemProgress Item(int index, string kind)
    {
        while (_items.Count <= index)
            _items.Add(null);
        if (_items[index] is { } known && known.Kind == kind)
            return known;
        return _items[index] = new ResponseItemProgress(kind);
    }

    private static ReadOnlySpan<byte> Raw(JsonElement json) => JsonMarshal.GetRawUtf8Value(json);

    private static JsonElement Parse(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        return JsonElement.ParseValue(ref reader);
    }
}
