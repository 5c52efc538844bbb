using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using AiGateway.Protocol;

namespace AiGateway.Pipeline.Turns;

/// <summary>
/// A client's message on a connection of turns: <c>{"type":"response.create", …}</c> and the fields of a create (<c>spec/responses.md</c> §15). What is wrong
/// with it is a value, for what it continues is forgotten even then.
/// </summary>
internal sealed class TurnMessage
{
    private const string Create = "response.create";

    private GatewayError? _error;
    private bool _hasType;
    private bool _hasGenerate;

    private TurnMessage()
    {
    }

    /// <summary>The response that the turn continues, as far as that could be read; null for none.</summary>
    public string? PreviousResponseId { get; private set; }

    /// <summary>Whether a model is to be asked; false for a warm-up, which only makes a response to continue.</summary>
    public bool Generates { get; private set; } = true;

    /// <summary>The body of the create, as <c>POST /v1/responses</c> gets it with <c>stream: true</c>; every other field is the client's own bytes.</summary>
    private ReadOnlyMemory<byte> Body { get; set; }

    /// <summary>Reads a message.</summary>
    /// <param name="utf8">What the client sent.</param>
    public static TurnMessage Read(ReadOnlySpan<byte> utf8)
    {
        var message = new TurnMessage();
        try
        {
            if (Utf8.IsValid(utf8))
                message.Scan(utf8);
            else
                message._error = GatewayErrors.BadJson("The message is not valid UTF-8.");
        }
        catch (JsonException e)
        {
            message._error = RequestEnvelope.BadJson(e);
        }
        catch (InvalidOperationException)
        {
            message._error = GatewayErrors.BadJson("The message has an escape that is half of a character.");
        }

        return message;
    }

    /// <summary>The request.</summary>
    /// <exception cref="GatewayException">The message is not what it should be.</exception>
    public ResponsesRequest ToRequest() => _error is null ? new ResponsesRequest(Body) : throw new GatewayException(_error);

    private void Scan(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, JsonFormat.ReaderOptions);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            _error = GatewayErrors.BadJson("A message must be a JSON object.");
            return;
        }

        var body = new ArrayBufferWriter<byte>(utf8.Length + 16);
        body.Write("{\"stream\":true"u8);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var start = (int)reader.TokenStartIndex;
            if (ReadMember(ref reader))
            {
                body.Write(","u8);
                body.Write(utf8[start..(int)reader.BytesConsumed]);
            }
        }

        body.Write("}"u8);

        // What follows the object is an error of the reader's.
        reader.Read();
        if (!_hasType)
            _error = GatewayErrors.Missing("type");
        Body = body.WrittenMemory;
    }

    // Whether the member is one of the create's.
    private bool ReadMember(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("type"u8))
        {
            ReadType(ref reader);
            return false;
        }

        if (reader.ValueTextEquals("generate"u8))
        {
            ReadGenerate(ref reader);
            return false;
        }

        if (reader.ValueTextEquals("stream"u8) || reader.ValueTextEquals("stream_options"u8) || reader.ValueTextEquals("background"u8)
            || reader.ValueTextEquals("stream_id"u8))
        {
            // The last of them is OpenAI's for several responses at once, which nobody here would tell apart.
            _error ??= TurnErrors.NotOverWebSocket(reader.GetString()!);
        }

        var isPrevious = reader.ValueTextEquals("previous_response_id"u8);
        reader.Read();
        if (isPrevious && reader.TokenType == JsonTokenType.String)
            PreviousResponseId = reader.GetString();
        reader.Skip();
        return true;
    }

    private void ReadType(ref Utf8JsonReader reader)
    {
        if (_hasType)
            _error ??= Twice("type");
        _hasType = true;
        reader.Read();
        if (reader.TokenType != JsonTokenType.String)
            _error ??= GatewayErrors.WrongType("type", "a string", JsonKind.Of(reader.TokenType));
        else if (!reader.ValueTextEquals(Create))
            _error ??= GatewayErrors.WrongValue("type", $"Invalid value for 'type'. Supported values are: '{Create}'.");
        reader.Skip();
    }

    private void ReadGenerate(ref Utf8JsonReader reader)
    {
        if (_hasGenerate)
            _error ??= Twice("generate");
        _hasGenerate = true;
        reader.Read();
        if (reader.TokenType == JsonTokenType.False)
            Generates = false;
        else if (reader.TokenType is not (JsonTokenType.True or JsonTokenType.Null))
            _error ??= GatewayErrors.WrongType("generate", "a boolean", JsonKind.Of(reader.TokenType));
        reader.Skip();
    }

    private static GatewayError Twice(string field) => GatewayErrors.Invalid($"'{field}' is given twice.", field, "duplicate_parameter");
}
