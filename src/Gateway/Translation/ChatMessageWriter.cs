using System.Text.Json;
using AiGateway.Protocol;
using AiGateway.Providers;
using AiGateway.Responses;

namespace AiGateway.Translation;

/// <summary>
/// Items to messages. Chat demands what items leave open: the calls of one turn stand in one assistant message, and their
/// outputs follow it at once; so outputs that stand further on are brought forward.
/// </summary>
/// <param name="writer">Where to write, inside the request's object.</param>
/// <param name="context">The whole input in order.</param>
/// <param name="history">How many of the items come from the chain: only the others have a place in the client's <c>input</c>.</param>
/// <param name="provider">What the provider calls things.</param>
internal readonly struct ChatMessageWriter(Utf8JsonWriter writer, IReadOnlyList<InputItem> context, int history, ProviderOptions provider)
{
    public void Write(string? instructions)
    {
        writer.WriteStartArray("messages"u8);
        if (instructions is not null)
        {
            writer.WriteStartObject();
            writer.WriteString("role"u8, "system"u8);
            writer.WriteString("content"u8, instructions);
            writer.WriteEndObject();
        }

        HashSet<int>? written = null;
        for (var i = 0; i < context.Count;)
        {
            if (written is not null && written.Remove(i))
            {
                i++;
                continue;
            }

            i = WriteAt(i, ref written);
        }

        writer.WriteEndArray();
    }

    /// <summary>Where an item stands in the client's input.</summary>
    private ItemPlace PlaceOf(int index) => new(index - history);

    private int WriteAt(int start, ref HashSet<int>? written)
    {
        var item = context[start];
        if (ChatItems.IsModelTurn(item))
        {
            var end = EndOfTurn(start);
            var calls = new ChatAssistantWriter(writer, provider).Write(context, start, end);
            if (calls > 0)
                WriteOutputs(start, end, calls, ref written);
            return end;
        }

        switch (item.Type)
        {
            case "message":
                var content = item.Json.GetProperty("content"u8);
                var isUser = item.Json.Says("role"u8, "user"u8);
                writer.WriteStartObject();
                writer.WriteCopy("role"u8, item.Json.GetProperty("role"u8));
                writer.WritePropertyName("content"u8);
                ChatContentWriter.Write(writer, content, PlaceOf(start), isUser);
                writer.WriteEndObject();
                break;
            case "function_call_output" or "custom_tool_call_output":
                ChatOutputWriter.Write(writer, item);
                if (ChatOutputWriter.HasMedia(item))
                    WriteMedia([start]);
                break;
            case "item_reference":
                throw new GatewayException(ChatUnsupported.UnknownItem(item.Json.GetProperty("id"u8).GetString()));
            case "compaction":
                throw new GatewayException(ChatUnsupported.SealedItem(PlaceOf(start).To("encrypted_content"), item.Json.Has("id"u8, out var id) ? id.GetString() : null));
            default:
                throw new GatewayException(ChatUnsupported.Value(PlaceOf(start).To("type"), item.Type));
        }

        return start + 1;
    }

    /// <summary>
    /// Where the assistant message that begins here ends. A message followed by another is one of its own; once there is a
    /// call, everything up to the next item of somebody else belongs to it.
    /// </summary>
    private int EndOfTurn(int start)
    {
        bool hasMessage = false, hasCall = false;
        var i = start;
        for (; i < context.Count && ChatItems.IsModelTurn(context[i]); i++)
        {
            var item = context[i];
            if (ChatItems.IsCall(item))
            {
                hasCall = true;
            }
            else if (!hasCall && hasMessage)
            {
                // Reasoning behind a message leads to what follows it, unless that is a call made in the same breath.
                if (item.Type == "reasoning" && LeadsToCall(i))
                    continue;
                return i;
            }
            else if (item.Type == "message")
            {
                hasMessage = true;
            }
        }

        return i;
    }

    private bool LeadsToCall(int index)
    {
        while (index < context.Count && context[index].Type == "reasoning")
            index++;
        return index < context.Count && ChatItems.IsCall(context[index]);
    }

    private void WriteOutputs(int start, int end, int calls, ref HashSet<int>? written)
    {
        var ids = new HashSet<string>(calls, StringComparer.Ordinal);
        for (var i = start; i < end; i++)
        {
            if (ChatItems.IsCall(context[i]))
                ids.Add(ChatItems.CallId(context[i]));
        }

        List<int>? media = null;
        for (var i = end; i < context.Count && ids.Count > 0; i++)
        {
            if (!ChatItems.IsOutput(context[i]) || !ids.Remove(ChatItems.CallId(context[i])))
                continue;
            ChatOutputWriter.Write(writer, context[i]);
            (written ??= []).Add(i);
            if (ChatOutputWriter.HasMedia(context[i]))
                (media ??= []).Add(i);
        }

        if (media is not null)
            WriteMedia(media);
    }

    /// <summary>A tool message holds text only: what else the tools gave comes from the user, right behind them.</summary>
    private void WriteMedia(IReadOnlyList<int> outputs)
    {
        writer.WriteStartObject();
        writer.WriteString("role"u8, "user"u8);
        writer.WriteStartArray("content"u8);
        foreach (var index in outputs)
            ChatOutputWriter.WriteMedia(writer, context[index], PlaceOf(index));
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
