using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace AiGateway.Translation;

/// <summary>The items of a finished response, sorted into what one chat message has room for.</summary>
internal sealed class ResponseAnswer
{
    private readonly List<JsonElement> _texts = [];
    private readonly List<JsonElement> _refusals = [];
    private readonly List<JsonElement> _reasoning = [];
    private readonly List<JsonElement> _calls = [];

    public ResponseAnswer(JsonElement items)
    {
        foreach (var item in items.EnumerateArray())
        {
            if (item.Says("type"u8, "message"u8) && item.Has("content"u8, out var content))
            {
                foreach (var part in ChatItems.Parts(content))
                {
                    if (part.Says("type"u8, "output_text"u8) && part.Has("text"u8, out _))
                        _texts.Add(part);
                    else if (part.Says("type"u8, "refusal"u8) && part.Has("refusal"u8, out var refusal))
                        _refusals.Add(refusal);
                }
            }
            else if (item.Says("type"u8, "reasoning"u8))
            {
                AddReasoning(item);
            }
            else if (item.Says("type"u8, "function_call"u8) || item.Says("type"u8, "custom_tool_call"u8))
            {
                _calls.Add(item);
            }
        }
    }

    public bool HasCalls => _calls.Count > 0;

    public void WriteMessage(Utf8JsonWriter writer, ChatAnswerForm form)
    {
        writer.WriteStartObject("message"u8);
        writer.WriteString("role"u8, "assistant"u8);
        WriteJoined(writer, "content"u8, _texts.ConvertAll(part => part.GetProperty("text"u8)), "");
        WriteJoined(writer, "refusal"u8, _refusals, "");
        if (_reasoning.Count > 0)
            WriteJoined(writer, "reasoning_content"u8, _reasoning, "\n\n");
        WriteAnnotations(writer);
        if (_calls.Count > 0 && form.LegacyFunctions)
        {
            writer.WriteStartObject("function_call"u8);
            writer.CopyField(_calls[0], "name"u8);
            writer.CopyField(_calls[0], "arguments"u8);
            writer.WriteEndObject();
        }
        else if (_calls.Count > 0)
        {
            WriteCalls(writer);
        }

        writer.WriteEndObject();
    }

    public void WriteLogprobs(Utf8JsonWriter writer)
    {
        var any = false;
        foreach (var part in _texts)
        {
            if (!part.Has("logprobs"u8, out var logprobs))
                continue;
            foreach (var token in ChatItems.Parts(logprobs))
            {
                if (!any)
                {
                    writer.WriteStartObject("logprobs"u8);
                    writer.WriteStartArray("content"u8);
                    any = true;
                }

                writer.WriteCopy(token);
            }
        }

        if (!any)
        {
            writer.WriteNull("logprobs"u8);
            return;
        }

        writer.WriteEndArray();
        writer.WriteNull("refusal"u8);
        writer.WriteEndObject();
    }

    /// <summary>Raw reasoning where the provider shows it, otherwise its summary: never both.</summary>
    private void AddReasoning(JsonElement item)
    {
        var before = _reasoning.Count;
        if (item.Has("content"u8, out var content))
            AddTexts(content);
        if (_reasoning.Count == before && item.Has("summary"u8, out var summary))
            AddTexts(summary);
    }

    private void AddTexts(JsonElement parts)
    {
        foreach (var part in ChatItems.Parts(parts))
        {
            if (part.Has("text"u8, out var text) && !text.ValueEquals(""u8))
                _reasoning.Add(text);
        }
    }

    private void WriteCalls(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("tool_calls"u8);
        foreach (var call in _calls)
        {
            var isFunction = call.Says("type"u8, "function_call"u8);
            var kind = isFunction ? "function"u8 : "custom"u8;
            writer.WriteStartObject();
            writer.CopyField(call, "call_id"u8, "id"u8);
            writer.WriteString("type"u8, kind);
            writer.WriteStartObject(kind);
            writer.CopyField(call, "name"u8);
            writer.CopyField(call, isFunction ? "arguments"u8 : "input"u8);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private void WriteAnnotations(Utf8JsonWriter writer)
    {
        var (any, offset) = (false, 0);
        foreach (var part in _texts)
        {
            if (part.Has("annotations"u8, out var annotations))
            {
                foreach (var annotation in ChatItems.Parts(annotations))
                {
                    if (!ChatAnnotations.IsCitation(annotation))
                        continue;
                    if (!any)
                        writer.WriteStartArray("annotations"u8);
                    any = true;
                    ChatAnnotations.Write(writer, annotation, offset);
                }
            }

            offset += JsonStringBytes.Units(JsonMarshal.GetRawUtf8Value(part.GetProperty("text"u8)));
        }

        if (any)
            writer.WriteEndArray();
    }

    private static void WriteJoined(Utf8JsonWriter writer, ReadOnlySpan<byte> name, List<JsonElement> texts, string separator)
    {
        switch (texts.Count)
        {
            case 0:
                writer.WriteNull(name);
                break;
            case 1:
                writer.WriteCopy(name, texts[0]);
                break;
            default:
                var all = new StringBuilder();
                foreach (var text in texts)
                    all.Append(all.Length > 0 ? separator : "").Append(text.GetString());
                writer.WriteString(name, all.ToString());
                break;
        }
    }
}
