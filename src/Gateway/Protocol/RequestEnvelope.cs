using System.Text.Json;
using System.Text.Unicode;

namespace AiGateway.Protocol;

/// <summary>
/// What routing needs of a request body, and where it stands in the bytes, found in one pass without building objects:
/// the rest of the body goes to the provider untouched.
/// </summary>
internal readonly struct RequestEnvelope
{
    /// <summary>The model asked for; null where absent or null.</summary>
    public string? Model { get; private init; }

    /// <summary>The bytes of the model's JSON string, quotes included; empty where absent.</summary>
    public Range ModelValue { get; private init; }

    /// <summary>Whether <c>stream</c> is true.</summary>
    public bool Stream { get; private init; }

    /// <summary>Whether <c>store</c> is true.</summary>
    public bool Store { get; private init; }

    /// <summary>Whether <c>background</c> is true, and said once.</summary>
    public bool Background { get; private init; }

    /// <summary>The bytes of the value of <c>stream_options</c>; empty where absent.</summary>
    public Range StreamOptionsValue { get; private init; }

    /// <summary>Whether <c>stream_options.include_usage</c> is true.</summary>
    public bool IncludeUsage { get; private init; }

    /// <summary>Where the body's object opens: the offset just behind its brace.</summary>
    public int Open { get; private init; }

    /// <summary>Whether the API's one other required field (<c>messages</c>, <c>input</c> or <c>prompt</c>) is there and not null.</summary>
    public bool HasContent { get; private init; }

    /// <summary>Reads a body.</summary>
    /// <param name="body">UTF-8 JSON, whole.</param>
    /// <param name="contentField">The API's other required field; empty for none.</param>
    /// <returns>What was found.</returns>
    /// <exception cref="GatewayException">The body is not a JSON object, is too deep, says one of these twice, or has one of a wrong type.</exception>
    public static RequestEnvelope Scan(ReadOnlySpan<byte> body, string contentField)
    {
        // The reader skips over strings unread, and what it skips would go on to the provider.
        if (!Utf8.IsValid(body))
            throw new GatewayException(GatewayErrors.BadJson("The request body is not valid UTF-8."));
        try
        {
            return ScanCore(body, contentField);
        }
        catch (JsonException e)
        {
            throw new GatewayException(BadJson(e), e);
        }
        catch (InvalidOperationException e)
        {
            throw new GatewayException(GatewayErrors.BadJson("The request body has an escape that is half of a character."), e);
        }
    }

    /// <summary>The error for a body that the JSON reader refused: where, but not what, since the body may hold anything.</summary>
    internal static GatewayError BadJson(JsonException e) => GatewayErrors.BadJson(
        e.Message.Contains("maximum configured depth", StringComparison.OrdinalIgnoreCase)
            ? $"The request body nests deeper than {JsonFormat.MaxDepth} levels."
            : $"We could not parse the JSON body of your request (line {e.LineNumber + 1}, byte {e.BytePositionInLine}). The API expects a JSON object.");

    private static RequestEnvelope ScanCore(ReadOnlySpan<byte> body, string contentField)
    {
        var reader = new Utf8JsonReader(body, JsonFormat.ReaderOptions);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw new GatewayException(GatewayErrors.BadJson("The request body must be a JSON object."));

        var open = (int)reader.BytesConsumed;
        string? model = null;
        Range modelValue = default, streamOptions = default;
        bool stream = false, store = false, includeUsage = false, hasContent = false;
        bool background = false, sawBackground = false;
        bool sawModel = false, sawStream = false, sawStore = false, sawOptions = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("model"u8))
            {
                Once(ref sawModel, "model");
                reader.Read();
                if (reader.TokenType == JsonTokenType.String)
                {
                    model = reader.GetString();
                    modelValue = (int)reader.TokenStartIndex..(int)reader.BytesConsumed;
                }
                else if (reader.TokenType != JsonTokenType.Null)
                {
                    throw new GatewayException(GatewayErrors.WrongType("model", "a string", JsonKind.Of(reader.TokenType)));
                }
            }
            else if (reader.ValueTextEquals("stream"u8))
            {
                Once(ref sawStream, "stream");
                reader.Read();
                stream = reader.TokenType switch
                {
                    JsonTokenType.True => true,
                    JsonTokenType.False or JsonTokenType.Null => false,
                    var other => throw new GatewayException(GatewayErrors.WrongType("stream", "a boolean", JsonKind.Of(other))),
                };
            }
            else if (reader.ValueTextEquals("store"u8))
            {
                Once(ref sawStore, "store");
                reader.Read();
                store = reader.TokenType == JsonTokenType.True;
                reader.Skip();
            }
            else if (reader.ValueTextEquals("background"u8))
            {
                reader.Read();
                background = reader.TokenType == JsonTokenType.True && !sawBackground;
                sawBackground = true;
                reader.Skip();
            }
            else if (reader.ValueTextEquals("stream_options"u8))
            {
                Once(ref sawOptions, "stream_options");
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                includeUsage = ScanStreamOptions(ref reader);
                streamOptions = start..(int)reader.BytesConsumed;
            }
            else if (reader.ValueTextEquals(contentField))
            {
                reader.Read();
                hasContent = reader.TokenType != JsonTokenType.Null;
                reader.Skip();
            }
            else
            {
                reader.Skip();
            }
        }

        // What follows the object is read too: a second value behind it is an error, not something to send on.
        if (reader.Read())
            throw new GatewayException(GatewayErrors.BadJson("The request body must be one JSON object."));

        return new RequestEnvelope
        {
            Model = model,
            ModelValue = modelValue,
            Stream = stream,
            Store = store,
            Background = background,
            StreamOptionsValue = streamOptions,
            IncludeUsage = includeUsage,
            Open = open,
            HasContent = hasContent,
        };
    }

    private static bool ScanStreamOptions(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
            return false;
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new GatewayException(GatewayErrors.WrongType("stream_options", "an object", JsonKind.Of(reader.TokenType)));
        var includeUsage = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isUsage = reader.ValueTextEquals("include_usage"u8);
            reader.Read();
            if (isUsage)
            {
                includeUsage = reader.TokenType switch
                {
                    JsonTokenType.True => true,
                    JsonTokenType.False or JsonTokenType.Null => false,
                    var other => throw new GatewayException(
                        GatewayErrors.WrongType("stream_options.include_usage", "a boolean", JsonKind.Of(other))),
                };
            }

            reader.Skip();
        }

        return includeUsage;
    }

    // Said twice, the gateway could route by one and the provider act on the other.
    private static void Once(ref bool seen, string field)
    {
        if (seen)
            throw new GatewayException(GatewayErrors.Invalid($"'{field}' is given twice.", field, "duplicate_parameter"));
        seen = true;
    }
}
