using System.Runtime.InteropServices;
using System.Text.Json;
using AiGateway.Protocol;

namespace AiGateway.Responses.Parsing;

/// <summary>
/// Reads the fields of one object and tells what is wrong with one by its path. Null counts as absent everywhere
/// (<c>spec/responses.md</c> §3, advice). Nothing is decoded that is only checked.
/// </summary>
/// <param name="json">The object.</param>
/// <param name="path">Where it stands.</param>
internal readonly struct FieldReader(JsonElement json, FieldPath path)
{
    /// <summary>OpenAI's longest text: 10 Mi characters.</summary>
    public const int MaxText = 10_485_760;

    public JsonElement Json { get; } = json;

    public FieldPath Path { get; } = path;

    /// <summary>A reader of an element that must be an object.</summary>
    public static FieldReader Object(JsonElement json, in FieldPath path) =>
        json.ValueKind == JsonValueKind.Object ? new(json, path) : throw FieldErrors.WrongType(path.ToString(), "an object", JsonKind.Of(json));

    public bool Has(string field, out JsonElement value) =>
        Json.TryGetProperty(field, out value) && value.ValueKind != JsonValueKind.Null;

    public bool Has(string field) => Has(field, out _);

    public bool HasString(string field, out JsonElement value)
    {
        if (!Has(field, out value))
            return false;
        return value.ValueKind == JsonValueKind.String ? true : throw WrongType(field, "a string", value);
    }

    /// <summary>Checks a string without decoding it.</summary>
    public void CheckText(string field, int max = MaxText)
    {
        if (HasString(field, out var value))
            CheckLength(field, value, max);
    }

    public void CheckRequiredText(string field, int max = MaxText)
    {
        CheckText(field, max);
        if (!Has(field))
            throw Missing(field);
    }

    public string? Text(string field, int max = MaxText)
    {
        if (!HasString(field, out var value))
            return null;
        CheckLength(field, value, max);
        return value.GetString();
    }

    public string RequiredText(string field, int max = MaxText) => Text(field, max) ?? throw Missing(field);

    /// <summary>An identifier: 1 to <paramref name="max"/> characters.</summary>
    public string RequiredId(string field, int max)
    {
        var text = RequiredText(field, max);
        return text.Length > 0 ? text : throw FieldErrors.EmptyString(Path.To(field));
    }

    /// <summary>A name: 1 to <paramref name="max"/> of letters, digits, underscore and hyphen.</summary>
    public string RequiredName(string field, int max)
    {
        var name = RequiredId(field, max);
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-'))
                throw FieldErrors.BadPattern(Path.To(field));
        }

        return name;
    }

    /// <summary>One of a few words; null where absent.</summary>
    public string? OneOf(string field, IReadOnlyList<string> supported)
    {
        if (!HasString(field, out var value))
            return null;
        for (var i = 0; i < supported.Count; i++)
        {
            if (value.ValueEquals(supported[i]))
                return supported[i];
        }

        throw FieldErrors.NotOneOf(Path.To(field), value.GetString(), supported);
    }

    public bool? Flag(string field)
    {
        if (!Has(field, out var value))
            return null;
        return value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw WrongType(field, "a boolean", value),
        };
    }

    /// <summary>An integer; <c>16.0</c> is one, as it is for JSON Schema.</summary>
    public long? Integer(string field, long min, long max = long.MaxValue)
    {
        if (!Has(field, out var value))
            return null;
        if (value.ValueKind != JsonValueKind.Number)
            throw WrongType(field, "an integer", value);
        if (!value.TryGetInt64(out var number))
        {
            var real = Real(value);
            if (real != Math.Floor(real))
                throw FieldErrors.WrongType(Path.To(field), "an integer", "a decimal number");
            if (Math.Abs(real) >= 9e18)
                throw real > 0 ? FieldErrors.IntegerAbove(Path.To(field), max, value.GetRawText()) : FieldErrors.IntegerBelow(Path.To(field), min, long.MinValue);
            number = (long)real;
        }

        if (number < min)
            throw FieldErrors.IntegerBelow(Path.To(field), min, number);
        return number <= max ? number : throw FieldErrors.IntegerAbove(Path.To(field), max, value.GetRawText());
    }

    public double? Number(string field, double min, double max)
    {
        if (!Has(field, out var value))
            return null;
        if (value.ValueKind != JsonValueKind.Number)
            throw WrongType(field, "a decimal", value);
        var number = Real(value);
        if (number < min)
            throw FieldErrors.DecimalBelow(Path.To(field), min, number);
        return number <= max ? number : throw FieldErrors.DecimalAbove(Path.To(field), max, number);
    }

    public bool HasObject(string field, out FieldReader value)
    {
        value = default;
        if (!Has(field, out var json))
            return false;
        if (json.ValueKind != JsonValueKind.Object)
            throw WrongType(field, "an object", json);
        value = new FieldReader(json, Path.Then(field));
        return true;
    }

    public bool HasArray(string field, out JsonElement value, string expected = "an array")
    {
        if (!Has(field, out value))
            return false;
        return value.ValueKind == JsonValueKind.Array ? true : throw WrongType(field, expected, value);
    }

    public GatewayException Missing(string field) => FieldErrors.Missing(Path.To(field));

    public GatewayException WrongType(string field, string expected, JsonElement got) =>
        FieldErrors.WrongType(Path.To(field), expected, JsonKind.Of(got));

    /// <summary>Checks a string's length in characters; only one whose bytes are too many is decoded to count them.</summary>
    public void CheckLength(string field, JsonElement value, int max)
    {
        if (JsonMarshal.GetRawUtf8Value(value).Length - 2 > max && value.GetString()!.Length is var length && length > max)
            throw FieldErrors.StringTooLong(Path.To(field), max, length);
    }

    // A number too large for a double is still a number: it is out of every range here.
    private static double Real(JsonElement value) => value.TryGetDouble(out var number) ? number
        : value.GetRawText().StartsWith('-') ? double.NegativeInfinity : double.PositiveInfinity;
}
