using System.Globalization;

namespace AiGateway.Protocol;

/// <summary>Makes what comes from outside fit for a line of a log: who sends a line break could otherwise write lines of its own.</summary>
internal static class LogText
{
    private const int MaxLength = 200;

    /// <summary>The text without what a terminal or a reader of lines would act on, and not too long.</summary>
    /// <param name="text">The text; null for none.</param>
    /// <param name="maxLength">The most characters of it that are taken.</param>
    public static string? Of(string? text, int maxLength = MaxLength)
    {
        if (text is null || (text.Length <= maxLength && !text.AsSpan().ContainsAnyExceptInRange(' ', '~')))
            return text;
        var cut = text.Length > maxLength ? text[..maxLength] + "…" : text;
        return string.Create(cut.Length, cut, static (line, from) =>
        {
            for (var i = 0; i < line.Length; i++)
                line[i] = IsPlain(from[i]) ? from[i] : '?';
        });
    }

    private static bool IsPlain(char c) => CharUnicodeInfo.GetUnicodeCategory(c) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate);
}
