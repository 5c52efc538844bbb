using System.Text.Json;
using System.Text.Json.Nodes;

namespace AiGateway.Protocol;

/// <summary>
/// A client's request. It is bytes until somebody asks for <see cref="Body"/>; from then on the object is the truth
/// and is what the provider receives, with every field that nobody touched as it came.
/// </summary>
public abstract class GatewayRequest
{
    private readonly string _contentField;
    private ReadOnlyMemory<byte> _utf8;
    private RequestEnvelope _envelope;
    private JsonObject? _body;

    /// <summary>Wraps a body.</summary>
    /// <param name="api">The API family.</param>
    /// <param name="utf8">The body; empty for none.</param>
    /// <param name="contentField">The API's other required field, besides <c>model</c>; empty for none.</param>
    private protected GatewayRequest(ApiKind api, ReadOnlyMemory<byte> utf8, string contentField)
    {
        Api = api;
        _utf8 = utf8;
        Received = utf8;
        _contentField = contentField;
        if (contentField.Length > 0)
            _envelope = RequestEnvelope.Scan(utf8.Span, contentField);
    }

    /// <summary>The API family that the client called.</summary>
    public ApiKind Api { get; }

    /// <summary>The model that the client asked for, or that a hook put in its place; empty where none was named.</summary>
    public string Model
    {
        get => _body is null ? _envelope.Model ?? "" : Text("model") ?? "";
        set => Body["model"] = value;
    }

    /// <summary>Whether the client asked for a stream. A hook cannot change it: the client waits for one or the other.</summary>
    public bool Stream => _envelope.Stream;

    /// <summary>
    /// The whole request as a mutable object. The first call parses it; changes are what the provider receives.
    /// Empty for a request without a body.
    /// </summary>
    public JsonObject Body => _body ??= Parse();

    /// <summary>The model that the request names; null where it names none.</summary>
    internal string? AskedModelOrNull => string.IsNullOrEmpty(Model) ? null : Model;

    /// <summary>Whether somebody asked for <see cref="Body"/>, so that the bytes must be made anew.</summary>
    internal bool IsMaterialized => _body is not null;

    /// <summary>The body's bytes as the client sent them.</summary>
    internal ReadOnlyMemory<byte> Received { get; }

    /// <summary>The body's bytes, with every change made so far.</summary>
    internal ReadOnlyMemory<byte> Utf8 => _utf8;

    /// <summary>What routing needs of <see cref="Utf8"/>.</summary>
    internal ref readonly RequestEnvelope Envelope => ref _envelope;

    /// <summary>
    /// After the hooks: makes the bytes anew if somebody asked for the object, and checks them again,
    /// since a hook can leave out what the API demands just as a client can.
    /// </summary>
    /// <exception cref="GatewayException">A required field is missing.</exception>
    internal void Seal()
    {
        if (_body is not null)
        {
            var stream = _envelope.Stream;
            if (stream != ReadStream(_body))
                _body["stream"] = stream;
            _utf8 = JsonSerializer.SerializeToUtf8Bytes(_body, JsonFormat.SerializerOptions);
            _envelope = RequestEnvelope.Scan(_utf8.Span, _contentField);
            _body = null;
        }

        Validate();
    }

    /// <summary>Checks what the API demands of every request of this family.</summary>
    private protected virtual void Validate()
    {
        if (string.IsNullOrEmpty(_envelope.Model))
            throw new GatewayException(GatewayErrors.Missing("model"));
        if (!_envelope.HasContent)
            throw new GatewayException(GatewayErrors.Missing(_contentField));
    }

    private protected string? Text(string field) =>
        Body[field] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    private protected double? Number(string field) =>
        Body[field] is JsonValue value && value.GetValueKind() == JsonValueKind.Number ? value.GetValue<double>() : null;

    private static bool ReadStream(JsonObject body) => body["stream"] is JsonValue v && v.GetValueKind() == JsonValueKind.True;

    private JsonObject Parse()
    {
        if (_utf8.IsEmpty)
            return new JsonObject(JsonFormat.NodeOptions);
        try
        {
            return JsonNode.Parse(_utf8.Span, JsonFormat.NodeOptions, JsonFormat.NodeDocumentOptions)!.AsObject();
        }
        catch (JsonException e)
        {
            throw new GatewayException(GatewayErrors.BadJson("The request body says a field twice."), e);
        }
    }
}
