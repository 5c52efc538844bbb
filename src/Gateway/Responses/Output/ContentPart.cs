using System.Buffers;
using System.Text;
using System.Text.Json;

namespace AiGateway.Responses.Output;

/// <summary>A part of a message or of a reasoning item, while it grows.</summary>
/// <param name="kind">What it is.</param>
/// <param name="index">Its <c>content_index</c>.</param>
internal sealed class ContentPart(ContentPartKind kind, int index)
{
    private ArrayBufferWriter<byte>? _logprobs;
    private List<byte[]>? _annotations;

    public ContentPartKind Kind { get; } = kind;

    public int Index { get; } = index;

    public StringBuilder Text { get; } = new();

    public int AnnotationCount => _annotations?.Count ?? 0;

    /// <summary>Keeps log probabilities for the whole part.</summary>
    /// <param name="members">The members of a JSON array, without its brackets.</param>
    public void AddLogprobs(ReadOnlySpan<byte> members)
    {
        _logprobs ??= new ArrayBufferWriter<byte>();
        if (_logprobs.WrittenCount > 0)
            _logprobs.Write(","u8);
        _logprobs.Write(members);
    }

    public void AddAnnotation(byte[] annotation) => (_annotations ??= []).Add(annotation);

    /// <summary>Writes the part as it stands.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        switch (Kind)
        {
            case ContentPartKind.Text:
                json.WriteString("type"u8, "output_text"u8);
                WriteText(json, "text"u8);
                json.WriteStartArray("annotations"u8);
                foreach (var annotation in _annotations ?? [])
                    json.WriteRawValue(annotation, skipInputValidation: true);
                json.WriteEndArray();
                WriteLogprobs(json);
                break;
            case ContentPartKind.Refusal:
                json.WriteString("type"u8, "refusal"u8);
                WriteText(json, "refusal"u8);
                break;
            default:
                json.WriteString("type"u8, "reasoning_text"u8);
                WriteText(json, "text"u8);
                break;
        }

        json.WriteEndObject();
    }

    /// <summary>Writes the text so far as a member.</summary>
    public void WriteText(Utf8JsonWriter json, ReadOnlySpan<byte> name)
    {
        var chunks = Text.GetChunks().GetEnumerator();
        if (!chunks.MoveNext())
        {
            json.WriteString(name, ""u8);
            return;
        }

        // Mostly one chunk: then the text is written without a copy.
        var only = chunks.Current;
        if (only.Length == Text.Length)
            json.WriteString(name, only.Span);
        else
            json.WriteString(name, Text.ToString());
    }

    /// <summary>Writes <c>logprobs</c>: an empty array where none were asked for.</summary>
    public void WriteLogprobs(Utf8JsonWriter json) => WriteLogprobs(json, _logprobs is null ? default : _logprobs.WrittenSpan);

    /// <summary>Writes a <c>logprobs</c> member.</summary>
    /// <param name="json">Where.</param>
    /// <param name="members">The members of the array, without its brackets.</param>
    public static void WriteLogprobs(Utf8JsonWriter json, ReadOnlySpan<byte> members)
    {
        if (members.IsEmpty)
        {
            json.WriteStartArray("logprobs"u8);
            json.WriteEndArray();
            return;
        }

        var array = new byte[members.Length + 2];
        array[0] = (byte)'[';
        members.CopyTo(array.AsSpan(1));
        array[^1] = (byte)']';
        json.WritePropertyName("logprobs"u8);
        json.WriteRawValue(array, skipInputValidation: true);
    }
}
