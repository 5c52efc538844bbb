using System.Globalization;
using System.Text;
using System.Text.Json;
using AiGateway.Protocol;

namespace AiGateway.Providers.Errors;

/// <summary>
/// What an error body says, in whichever of the shapes in use: OpenAI's <c>{"error":{…}}</c>, <c>{"error":"…"}</c>, the fields
/// without an envelope, FastAPI's <c>{"detail":…}</c>, one of these in an array, or plain text. A page for people (HTML) says nothing.
/// </summary>
internal readonly record struct ErrorFields(string? Message, string? Type, string? Code, string? Param, int? Status)
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>Reads a body.</summary>
    /// <param name="body">Its beginning.</param>
    /// <param name="contentType">Its media type; null for none.</param>
    public static ErrorFields Read(ReadOnlySpan<byte> body, string? contentType)
    {
        var text = body.TrimStart(" \t\r\n\uFEFF"u8);
        if (text.IsEmpty || text[0] == '<' || contentType?.Contains("html", StringComparison.Ordinal) == true)
            return default;
        if (text[0] is not ((byte)'{' or (byte)'[' or (byte)'"'))
            return contentType is null or "text/plain" or "application/json" ? new ErrorFields { Message = PlainText(text) } : default;
        try
        {
            var reader = new Utf8JsonReader(text, JsonFormat.ReaderOptions);
            using var document = JsonDocument.ParseValue(ref reader);
            return Read(document.RootElement);
        }
        catch (JsonException)
        {
            return default;
        }
    }

    /// <summary>Whether an event is an error: it has an <c>error</c> that says something, or is of the type <c>error</c>.</summary>
    /// <param name="root">The event.</param>
    public static bool IsError(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            return false;
        if (root.TryGetProperty("error"u8, out var error))
        {
            return error.ValueKind switch
            {
                JsonValueKind.Object => true,
                JsonValueKind.String => error.GetString() is { Length: > 0 },
                _ => false,
            };
        }

        return Text(root, "type"u8) == "error" && root.TryGetProperty("message"u8, out _);
    }

    /// <summary>Reads a parsed body or event.</summary>
    /// <param name="root">The body.</param>
    public static ErrorFields Read(JsonElement root)
    {
        switch (root.ValueKind)
        {
            case JsonValueKind.String:
                return new ErrorFields { Message = root.GetString() };
            case JsonValueKind.Array:
                return root.GetArrayLength() > 0 && root[0].ValueKind == JsonValueKind.Object ? Read(root[0]) : default;
            case JsonValueKind.Object:
                break;
            default:
                return default;
        }

        if (root.TryGetProperty("error"u8, out var error))
        {
            if (error.ValueKind == JsonValueKind.Object)
                return ReadObject(error);
            if (error.ValueKind == JsonValueKind.String)
                return ReadObject(root) with { Message = error.GetString(), Type = Text(root, "error_type"u8) ?? Text(root, "type"u8) };
        }

        return ReadObject(root);
    }

    private static ErrorFields ReadObject(JsonElement element)
    {
        var code = Scalar(element, "code"u8);
        var fields = new ErrorFields(
            Text(element, "message"u8) ?? Text(element, "msg"u8),
            // The type of an error event is "error", which says nothing more.
            Text(element, "type"u8) is { } type and not "error" ? type : null,
            code,
            Text(element, "param"u8),
            StatusOf(element, code));
        if (fields.Message is null && element.TryGetProperty("detail"u8, out var detail))
            return ReadDetail(detail, fields);
        return fields;
    }

    // FastAPI: a text, an object, or a list of {"loc":["body","messages",0],"msg":"…"}.
    private static ErrorFields ReadDetail(JsonElement detail, ErrorFields fields)
    {
        if (detail.ValueKind == JsonValueKind.String)
            return fields with { Message = detail.GetString() };
        if (detail.ValueKind == JsonValueKind.Object)
            return Read(detail);
        if (detail.ValueKind != JsonValueKind.Array || detail.GetArrayLength() == 0 || detail[0].ValueKind != JsonValueKind.Object)
            return fields;
        var first = detail[0];
        var path = first.TryGetProperty("loc"u8, out var loc) && loc.ValueKind == JsonValueKind.Array ? Path(loc) : "";
        return fields with { Message = Text(first, "msg"u8), Param = path.Length > 0 ? path : null };
    }

    private static string Path(JsonElement loc)
    {
        var path = new StringBuilder();
        foreach (var step in loc.EnumerateArray())
        {
            if (step.ValueKind == JsonValueKind.Number)
                path.Append('[').Append(step.GetRawText()).Append(']');
            else if (step.ValueKind == JsonValueKind.String && step.GetString() is { } name && !(path.Length == 0 && name == "body"))
                path.Append(path.Length > 0 ? "." : "").Append(name);
        }

        return path.ToString();
    }

    private static int? StatusOf(JsonElement element, string? code)
    {
        var text = Scalar(element, "status"u8) is { } status && char.IsAsciiDigit(status.FirstOrDefault()) ? status : code;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 400 and <= 599 ? number : null;
    }

    private static string? Text(JsonElement element, ReadOnlySpan<byte> name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string? Scalar(JsonElement element, ReadOnlySpan<byte> name) =>
        element.TryGetProperty(name, out var value)
            ? value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Number => value.GetRawText(),
                _ => null,
            }
            : null;

    private static string? PlainText(ReadOnlySpan<byte> text)
    {
        try
        {
            var plain = Strict.GetString(text);
            return plain.Any(c => char.IsControl(c) && !char.IsWhiteSpace(c)) ? null : plain;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
