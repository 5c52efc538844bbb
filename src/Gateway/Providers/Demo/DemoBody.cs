using System.Text.Json;
using AiGateway.Protocol;

namespace AiGateway.Providers.Demo;

/// <summary>Fields of a request, checked as they are read. Null stands for absent.</summary>
/// <param name="root">The request, an object.</param>
internal sealed class DemoBody(JsonElement root)
{
    /// <summary>A field that must be there.</summary>
    /// <exception cref="GatewayException">It is not.</exception>
    public JsonElement Required(string name) => Find(name) ?? throw new GatewayException(GatewayErrors.Missing(name));

    public JsonElement? Find(string name) => Find(root, name);

    public static JsonElement? Find(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? value
            : null;

    public string? Text(string name) => Find(name) is { } value ? AsText(value, name) : null;

    public bool Flag(string name) => Find(name) is { } value && value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw new GatewayException(GatewayErrors.WrongType(name, "a boolean", JsonKind.Of(value))),
    };

    public int? Integer(string name, int least, int most)
    {
        if (Find(name) is not { } value)
            return null;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out var number))
            throw new GatewayException(GatewayErrors.WrongType(name, "an integer", JsonKind.Of(value)));
        if (number < least)
            throw new GatewayException(GatewayErrors.Invalid($"Invalid '{name}': integer below minimum value. Expected a value >= {least}, but got {number} instead.", name, "integer_below_min_value"));
        if (number > most)
            throw new GatewayException(GatewayErrors.Invalid($"Invalid '{name}': integer above maximum value. Expected a value <= {most}, but got {number} instead.", name, "integer_above_max_value"));
        return number;
    }

    public void CheckNumber(string name, double least, double most)
    {
        if (Find(name) is not { } value)
            return;
        if (value.ValueKind != JsonValueKind.Number)
            throw new GatewayException(GatewayErrors.WrongType(name, "a number", JsonKind.Of(value)));
        if (value.GetDouble() is var number && (number < least || number > most))
            throw new GatewayException(GatewayErrors.WrongValue(name, $"Invalid '{name}': expected a number between {least} and {most}."));
    }

    public string? OneOf(string name, params ReadOnlySpan<string> values)
    {
        var text = Text(name);
        if (text is not null && !values.Contains(text))
            throw new GatewayException(GatewayErrors.WrongValue(name, $"Invalid value: '{text}'. Supported values are: {string.Join(", ", values.ToArray().Select(v => $"'{v}'"))}."));
        return text;
    }

    public static string AsText(JsonElement value, string path) => value.ValueKind == JsonValueKind.String
        ? value.GetString()!
        : throw new GatewayException(GatewayErrors.WrongType(path, "a string", JsonKind.Of(value)));
}
