using System.Text;
using System.Text.Unicode;
using AiGateway.Protocol;

namespace AiGateway.Responses.Parsing;

/// <summary>
/// JSON's grammar lets a string hold half a surrogate pair, and the reader lets it hold bytes that are not UTF-8; decoding
/// either throws much later, wherever the string is first read. So a body is checked once, before anything reads it.
/// </summary>
internal static class WellFormedText
{
    /// <summary>Checks every string of a body at once.</summary>
    /// <param name="utf8">JSON, already known to follow the grammar.</param>
    /// <exception cref="GatewayException">400: a string is not Unicode text.</exception>
    public static void Check(ReadOnlySpan<byte> utf8)
    {
        if (!IsWellFormed(utf8))
        {
            throw new GatewayException(GatewayErrors.BadJson(
                "We could not parse the JSON body of your request: a string in it is not valid Unicode text (bytes that are not UTF-8, or half a surrogate pair)."));
        }
    }

    /// <summary>Whether every string of a body can be decoded.</summary>
    /// <param name="utf8">JSON, already known to follow the grammar.</param>
    public static bool IsWellFormed(ReadOnlySpan<byte> utf8)
    {
        if (!Utf8.IsValid(utf8))
            return false;
        for (int at; (at = utf8.IndexOf((byte)'\\')) >= 0;)
        {
            utf8 = utf8[at..];
            if (utf8.Length < 6 || utf8[1] != 'u')
            {
                utf8 = utf8[Math.Min(2, utf8.Length)..];
                continue;
            }

            if (!TryUnit(utf8, out var unit) || char.IsLowSurrogate(unit))
                return false;
            utf8 = utf8[6..];
            if (!char.IsHighSurrogate(unit))
                continue;
            if (!TryUnit(utf8, out var low) || !char.IsLowSurrogate(low))
                return false;
            utf8 = utf8[6..];
        }

        return true;
    }

    private static bool TryUnit(ReadOnlySpan<byte> utf8, out char unit)
    {
        unit = default;
        if (utf8.Length < 6 || utf8[0] != '\\' || utf8[1] != 'u'
            || !ushort.TryParse(utf8[2..6], System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture, out var code))
        {
            return false;
        }

        unit = (char)code;
        return true;
    }
}
