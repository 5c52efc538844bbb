using System.Text.Json;
using AiGateway.Providers;
using AiGateway.Responses;

namespace AiGateway.Translation;

/// <summary>One turn of the model (its reasoning, messages and calls) to one assistant message.</summary>
/// <param name="writer">Where to write, inside the array of messages.</param>
/// <param name="provider">What the provider calls reasoning.</param>
internal readonly struct ChatAssistantWriter(Utf8JsonWriter writer, ProviderOptions provider)
{
    /// <summary>Writes the message, if there is anything but reasoning to it.</summary>
    /// <param name="context">All items.</param>
    /// <param name="start">The turn's first.</param>
    /// <param name="end">One behind the turn's last.</param>
    /// <returns>How many calls it holds.</returns>
    public int Write(IReadOnlyList<InputItem> context, int start, int end)
    {
        var content = new AssistantText();
        int calls = 0, messages = 0;
        for (var i = start; i < end; i++)
        {
            if (ChatItems.IsCall(context[i]))
                calls++;
            else if (context[i].Type == "message")
            {
                messages++;
                content.Count(context[i].Json.GetProperty("content"u8));
            }
        }

        if (calls + messages == 0)
            return 0;
        writer.WriteStartObject();
        writer.WriteString("role"u8, "assistant"u8);
        WriteReasoning(context, start, end);
        WriteContent(context, start, end, content, calls);
        if (content.Refusals > 0)
            WriteRefusal(context, start, end);
        if (calls > 0)
            WriteCalls(context, start, end);
        writer.WriteEndObject();
        return calls;
    }

    private void WriteContent(IReadOnlyList<InputItem> context, int start, int end, AssistantText content, int calls)
    {
        if (content.Texts == 0)
        {
            if (calls + content.Refusals > 0)
                writer.WriteNull("content"u8);
            else
                writer.WriteString("content"u8, ""u8);
            return;
        }

        if (content.Texts == 1)
        {
            writer.WriteCopy("content"u8, content.First);
            return;
        }

        writer.WriteStartArray("content"u8);
        for (var i = start; i < end; i++)
        {
            if (context[i].Type != "message")
                continue;
            var value = context[i].Json.GetProperty("content"u8);
            if (value.ValueKind == JsonValueKind.String)
                WriteText(value);
            foreach (var part in ChatItems.Parts(value))
            {
                if (part.Has("text"u8, out var text))
                    WriteText(text);
            }
        }

        writer.WriteEndArray();
    }

    private void WriteText(JsonElement text)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "text"u8);
        writer.WriteCopy("text"u8, text);
        writer.WriteEndObject();
    }

    /// <summary>As the field that a chat answer has it in: providers that do not know it pass over it, a refusal part they would reject.</summary>
    private void WriteRefusal(IReadOnlyList<InputItem> context, int start, int end)
    {
        var joined = new JoinedText();
        for (var i = start; i < end; i++)
        {
            if (context[i].Type != "message")
                continue;
            foreach (var part in ChatItems.Parts(context[i].Json.GetProperty("content"u8)))
            {
                if (part.Has("refusal"u8, out var refusal))
                    joined.Add(refusal);
            }
        }

        joined.Write(writer, "refusal");
    }

    private void WriteReasoning(IReadOnlyList<InputItem> context, int start, int end)
    {
        if (provider.ReasoningField is not { Length: > 0 } field)
            return;
        var joined = new JoinedText();
        for (var i = start; i < end; i++)
        {
            if (context[i].Type != "reasoning" || !context[i].Json.Has("content"u8, out var content))
                continue;
            foreach (var part in ChatItems.Parts(content))
            {
                if (part.Has("text"u8, out var text))
                    joined.Add(text);
            }
        }

        joined.Write(writer, field);
    }

    private void WriteCalls(IReadOnlyList<InputItem> context, int start, int end)
    {
        writer.WriteStartArray("tool_calls"u8);
        for (var i = start; i < end; i++)
        {
            if (!ChatItems.IsCall(context[i]))
                continue;
            var call = context[i].Json;
            var isFunction = context[i].Type == "function_call";
            writer.WriteStartObject();
            writer.WriteCopy("id"u8, call.GetProperty("call_id"u8));
            writer.WriteString("type"u8, isFunction ? "function"u8 : "custom"u8);
            writer.WriteStartObject(isFunction ? "function"u8 : "custom"u8);
            writer.WriteCopy("name"u8, call.GetProperty("name"u8));
            var said = isFunction ? "arguments"u8 : "input"u8;
            writer.WriteCopy(said, call.GetProperty(said));
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <summary>How much an assistant said, counted before writing, since one text is a string and several are parts.</summary>
    private struct AssistantText
    {
        public int Texts { get; private set; }

        public int Refusals { get; private set; }

        public JsonElement First { get; private set; }

        public void Count(JsonElement content)
        {
            if (content.ValueKind == JsonValueKind.String)
                Add(content);
            foreach (var part in ChatItems.Parts(content))
            {
                if (part.Has("refusal"u8, out _))
                    Refusals++;
                else if (part.Has("text"u8, out var text))
                    Add(text);
            }
        }

        private void Add(JsonElement text)
        {
            if (Texts++ == 0)
                First = text;
        }
    }
}
