using System.Text;

namespace AiGateway.Responses.Tokens;

/// <summary>
/// How many tokens a text is, about: no model's own count. Four characters of a Latin script are one token, three digits or signs, two characters of another
/// alphabet, one of what is denser (Indic and East Asian scripts), and half of what lies beyond (emoji). More text is never fewer tokens.
/// </summary>
internal static class TextTokens
{
    // In twelfths of a token, so that every share is a whole number.
    private const int Whole = 12;

    public static long Of(string? text)
    {
        long twelfths = 0;
        foreach (var rune in (text ?? "").EnumerateRunes())
            twelfths += Cost(rune);
        return (twelfths + Whole - 1) / Whole;
    }

    private static int Cost(Rune rune) => rune.Value switch
    {
        < 0x80 => Rune.IsLetter(rune) || Rune.IsWhiteSpace(rune) ? 3 : 4,
        < 0x250 => 3,
        < 0x800 => 6,
        < 0x10000 => 12,
        _ => 24,
    };
}
