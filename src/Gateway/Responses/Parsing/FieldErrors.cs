using System.Globalization;
using System.Text;
using AiGateway.Protocol;

namespace AiGateway.Responses.Parsing;

/// <summary>What is wrong with one field, in OpenAI's words and codes: clients match on them (<c>spec/responses.md</c> §16).</summary>
internal static class FieldErrors
{
    public static GatewayException Missing(string param) => new(GatewayErrors.Missing(param));

    public static GatewayException WrongType(string param, string expected, string got) =>
        new(GatewayErrors.WrongType(param, expected, got));

    public static GatewayException NotOneOf(string param, string? value, IReadOnlyList<string> supported) =>
        new(GatewayErrors.WrongValue(param, $"Invalid value: '{Shown(value)}'. Supported values are: {List(supported)}."));

    public static GatewayException WrongValue(string param, string message) => new(GatewayErrors.WrongValue(param, message));

    public static GatewayException StringTooLong(string param, int max, int length) => Limit(
        param, "string_above_max_length", $"string too long. Expected a string with maximum length {max}, but got a string with length {length} instead.");

    public static GatewayException EmptyString(string param) => Limit(
        param, "empty_string", "empty string. Expected a string with minimum length 1, but got an empty string instead.");

    public static GatewayException BadPattern(string param) => Limit(
        param, "invalid_value", "string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.");

    public static GatewayException ArrayTooLong(string param, int max, int length) => Limit(
        param, "array_above_max_length", $"array too long. Expected an array with maximum length {max}, but got an array with length {length} instead.");

    public static GatewayException EmptyArray(string param) => Limit(
        param, "empty_array", "empty array. Expected an array with minimum length 1, but got an empty array instead.");

    public static GatewayException TooManyProperties(string param, int max, int count) => Limit(
        param, "object_above_max_properties", $"too many properties. Expected an object with at most {max} properties, but got an object with {count} properties instead.");

    public static GatewayException IntegerBelow(string param, long min, long got) => Limit(
        param, "integer_below_min_value", $"integer below minimum value. Expected a value >= {min}, but got {got} instead.");

    public static GatewayException IntegerAbove(string param, long max, string got) => Limit(
        param, "integer_above_max_value", $"integer above maximum value. Expected a value <= {max}, but got {got} instead.");

    public static GatewayException DecimalBelow(string param, double min, double got) => Limit(
        param, "decimal_below_min_value", string.Create(CultureInfo.InvariantCulture, $"decimal below minimum value. Expected a value >= {min}, but got {got} instead."));

    public static GatewayException DecimalAbove(string param, double max, double got) => Limit(
        param, "decimal_above_max_value", string.Create(CultureInfo.InvariantCulture, $"decimal above maximum value. Expected a value <= {max}, but got {got} instead."));

    private static GatewayException Limit(string param, string code, string what) =>
        new(GatewayErrors.Invalid($"Invalid '{param}': {what}", param, code));

    /// <summary>A value quoted back is the client's own, but need not be long.</summary>
    private static string? Shown(string? value) => value is { Length: > 64 } ? value[..64] + "…" : value;

    private static string List(IReadOnlyList<string> values)
    {
        var text = new StringBuilder();
        for (var i = 0; i < values.Count; i++)
        {
            if (i > 0)
                text.Append(values.Count == 2 ? " and " : i == values.Count - 1 ? ", and " : ", ");
            text.Append('\'').Append(values[i]).Append('\'');
        }

        return text.ToString();
    }
}
