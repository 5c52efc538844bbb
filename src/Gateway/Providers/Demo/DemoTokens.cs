using System.Text;

namespace AiGateway.Providers.Demo;

/// <summary>
/// The demo's tokenizer, which all its counts, cuts and deltas share. A token is the white space before it and then up to eight letters
/// or digits, or one other character; white space at the end is a token of its own. Put together again, tokens are the text.
/// </summary>
internal static class DemoTokens
{
    private const int LongestWord = 8;

    public static List<string> Split(string text)
    {
        var tokens = new List<string>();
        var at = 0;
        while (at < text.Length)
        {
            var end = at;
            while (end < text.Length && char.IsWhiteSpace(text[end]))
                end++;
            var word = end;
            while (end < text.Length && end - word < LongestWord && char.IsLetterOrDigit(text[end]))
                end++;
            if (end == word && end < text.Length)
                end += Rune.TryGetRuneAt(text, end, out var rune) ? rune.Utf16SequenceLength : 1;
            tokens.Add(text[at..end]);
            at = end;
        }

        return tokens;
    }

    public static int Count(string text) => Split(text).Count;
}
