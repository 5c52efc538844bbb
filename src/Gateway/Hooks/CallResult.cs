using System.Text.Json;
using System.Text.Json.Nodes;
using AiGateway.Protocol;

namespace AiGateway.Hooks;

/// <summary>What a call is answered with. A body that nobody asks for is never parsed.</summary>
public sealed class CallResult
{
    private readonly ReadOnlyMemory<byte> _utf8;
    private JsonNode? _body;

    internal CallResult(ReadOnlyMemory<byte> utf8) => _utf8 = utf8;

    private CallResult(bool clientLeft)
    {
        IsStream = true;
        ClientLeft = clientLeft;
    }

    /// <summary>Whether the answer was a stream: it is sent already and can no longer be changed.</summary>
    public bool IsStream { get; }

    /// <summary>Whether the client left before a stream's end.</summary>
    public bool ClientLeft { get; }

    /// <summary>The answer's body, which may be changed; null for a stream. The first call parses it.</summary>
    public JsonNode? Body => IsStream ? null : _body ??= JsonNode.Parse(_utf8.Span, JsonFormat.NodeOptions, JsonFormat.DocumentOptions);

    /// <summary>
    /// Edits the generated text of a whole answer: every choice's content of a chat completion, every <c>output_text</c> of a response.
    /// Does nothing for other answers and for streams (see <see cref="StreamEvent.EditText"/>).
    /// </summary>
    /// <param name="edit">From the text to what the client is to see.</param>
    public void EditText(Func<string, string> edit)
    {
        foreach (var choice in Body?["choices"] as JsonArray ?? [])
            Edit(choice?["message"] as JsonObject, "content", edit);
        foreach (var item in Body?["output"] as JsonArray ?? [])
        {
            foreach (var part in (item as JsonObject)?["content"] as JsonArray ?? [])
            {
                if (part is JsonObject text && text["type"]?.GetValue<string>() == "output_text")
                    Edit(text, "text", edit);
            }
        }
    }

    internal static CallResult ForStream(bool clientLeft) => new(clientLeft);

    /// <summary>The body's bytes with every change in them.</summary>
    internal ReadOnlyMemory<byte> ToUtf8() =>
        _body is null ? _utf8 : JsonSerializer.SerializeToUtf8Bytes(_body, JsonFormat.SerializerOptions);

    private static void Edit(JsonObject? holder, string name, Func<string, string> edit)
    {
        if (holder?[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String)
            holder[name] = edit(value.GetValue<string>());
    }
}
