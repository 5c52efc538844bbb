using System.Text;

namespace AiGateway.Samples.Hooks;

/// <summary>
/// Redacts a text that comes in pieces. A piece may end in the middle of a word to redact: what may be one's beginning is held back until the next
/// piece tells. Words are found where a word begins, so that little is ever held back.
/// </summary>
/// <param name="words">What to redact, in any case.</param>
internal sealed class Redactor(IReadOnlyList<string> words)
{
    private const string Mask = "[redacted]";
    private string _held = "";
    private bool _inWord;

    /// <summary>Adds a piece.</summary>
    /// <returns>What may be shown now.</returns>
    public string Add(string piece)
    {
        var text = _held + piece;
        var shown = new StringBuilder(text.Length);
        var at = 0;
        while (at < text.Length)
        {
            if (!_inWord)
            {
                var rest = text.AsSpan(at);
                if (WordAt(rest) is { } word)
                {
                    shown.Append(Mask);
                    at += word.Length;
                    continue;
                }

                if (MayBecomeWord(rest))
                    break;
            }

            _inWord = char.IsLetterOrDigit(text[at]);
            shown.Append(text[at++]);
        }

        _held = text[at..];
        return shown.ToString();
    }

    /// <summary>At the text's end: what was held back in vain.</summary>
    public string Rest()
    {
        var rest = _held;
        _held = "";
        return rest;
    }

    private string? WordAt(ReadOnlySpan<char> text)
    {
        foreach (var word in words)
        {
            if (text.StartsWith(word, StringComparison.OrdinalIgnoreCase))
                return word;
        }

        return null;
    }

    private bool MayBecomeWord(ReadOnlySpan<char> end)
    {
        foreach (var word in words)
        {
            if (word.AsSpan().StartsWith(end, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }
}
