using System.Buffers;
using System.Text.Json;
using AiGateway.Protocol;

namespace AiGateway.Translation;

/// <summary>Writes chat chunks as server-sent events: what all chunks of a stream share is put together once.</summary>
/// <param name="form">What the chat request asked for.</param>
internal sealed class ChatChunkWriter(ChatAnswerForm form)
{
    private byte[]? _head;
    private bool _hasRole;

    /// <summary>Where the chunks of the event at hand go.</summary>
    public IBufferWriter<byte> Output { get; set; } = new ArrayBufferWriter<byte>();

    /// <summary>Whether the chunks' id, time and model are settled.</summary>
    public bool IsNamed => _head is not null;

    /// <summary>Settles what all chunks share.</summary>
    public void Name(string id, long created, string model)
    {
        var buffer = new ArrayBufferWriter<byte>(160);
        using (var writer = new Utf8JsonWriter(buffer, JsonFormat.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("id"u8, id);
            writer.WriteString("object"u8, "chat.completion.chunk"u8);
            writer.WriteNumber("created"u8, created);
            writer.WriteString("model"u8, model);
        }

        _head = [.. "data: "u8, .. buffer.WrittenSpan];
    }

    /// <summary>The first chunk, which says who speaks; once.</summary>
    /// <param name="isCall">Whether a call comes first, so that there is no content.</param>
    public void Role(bool isCall)
    {
        if (_hasRole)
            return;
        _hasRole = true;
        Open();
        Output.Write(isCall ? "\"role\":\"assistant\",\"content\":null,\"refusal\":null"u8 : "\"role\":\"assistant\",\"content\":\"\",\"refusal\":null"u8);
        Close();
    }

    /// <summary>A delta of one text field.</summary>
    /// <param name="field">The opening of the field, such as <c>"content":</c>.</param>
    /// <param name="quoted">The text, quoted, as JSON; a missing opening quote is put in.</param>
    /// <param name="closing">What closes the objects that the field's opening opened.</param>
    /// <param name="logprobs">An array; empty for none.</param>
    public void Text(ReadOnlySpan<byte> field, ReadOnlySpan<byte> quoted, ReadOnlySpan<byte> closing, ReadOnlySpan<byte> logprobs)
    {
        Open();
        Output.Write(field);
        Output.Write(quoted);
        Output.Write(closing);
        Close(logprobs);
    }

    /// <summary>A delta written by somebody else.</summary>
    public void Delta<TState>(TState state, Action<Utf8JsonWriter, TState> write)
    {
        Open(open: false);
        using (var writer = new Utf8JsonWriter(Output, JsonFormat.WriterOptions))
        {
            writer.WriteStartObject();
            write(writer, state);
            writer.WriteEndObject();
        }

        Close(open: false);
    }

    /// <summary>The last chunk of the choice.</summary>
    public void Finish(ReadOnlySpan<byte> reason)
    {
        Open();
        Output.Write("},\"logprobs\":null,\"finish_reason\":\""u8);
        Output.Write(reason);
        Output.Write("\"}]"u8);
        End();
    }

    /// <summary>The chunk behind the last, if the client asked for it.</summary>
    public void Usage(TokenUsage? usage)
    {
        if (!form.IncludeUsage || usage is not { } used)
            return;
        Output.Write(_head);
        Output.Write(",\"choices\":[],\"usage\":"u8);
        using (var writer = new Utf8JsonWriter(Output, JsonFormat.WriterOptions))
            ResponseOutcome.WriteUsage(writer, used);
        Output.Write("}\n\n"u8);
    }

    /// <summary>What ends a stream that went well.</summary>
    public void Done() => Output.Write("data: [DONE]\n\n"u8);

    /// <summary>What ends a stream that did not.</summary>
    public void Error(GatewayError error)
    {
        Output.Write("data: "u8);
        Output.Write(error.ToBody());
        Output.Write("\n\n"u8);
    }

    private void Open(bool open = true)
    {
        Output.Write(_head);
        Output.Write(open ? ",\"choices\":[{\"index\":0,\"delta\":{"u8 : ",\"choices\":[{\"index\":0,\"delta\":"u8);
    }

    private void Close(ReadOnlySpan<byte> logprobs = default, bool open = true)
    {
        if (open)
            Output.Write("}"u8);
        if (logprobs.IsEmpty)
        {
            Output.Write(",\"logprobs\":null,\"finish_reason\":null}]"u8);
        }
        else
        {
            Output.Write(",\"logprobs\":{\"content\":"u8);
            WriteLine(logprobs);
            Output.Write(",\"refusal\":null},\"finish_reason\":null}]"u8);
        }

        End();
    }

    private void End() => Output.Write(form.IncludeUsage ? ",\"usage\":null}\n\n"u8 : "}\n\n"u8);

    /// <summary>Copies JSON into a line of its own: a line break can only stand between tokens, where a space does as well.</summary>
    private void WriteLine(ReadOnlySpan<byte> json)
    {
        for (int at; (at = json.IndexOfAny((byte)'\n', (byte)'\r')) >= 0; json = json[(at + 1)..])
        {
            Output.Write(json[..at]);
            Output.Write(" "u8);
        }

        Output.Write(json);
    }
}
