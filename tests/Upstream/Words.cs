namespace AiGateway.Upstream;

/// <summary>Cuts text the way a model streams it.</summary>
internal static class Words
{
    /// <summary>By words, the blank in front of its word.</summary>
    public static IReadOnlyList<string> Of(string? text)
    {
        var pieces = new List<string>();
        var start = 0;
        for (var i = 1; i < text?.Length; i++)
        {
            if (text[i] != ' ' || text[i - 1] == ' ') continue;
            pieces.Add(text[start..i]);
            start = i;
        }

        if (text?.Length > start) pieces.Add(text[start..]);
        return pieces;
    }

    /// <summary>By length; never inside a surrogate pair, which no JSON string could carry.</summary>
    public static IReadOnlyList<string> By(string text, int length)
    {
        var pieces = new List<string>();
        for (var start = 0; start < text.Length;)
        {
            var end = Math.Min(start + length, text.Length);
            if (end < text.Length && char.IsLowSurrogate(text[end])) end++;
            pieces.Add(text[start..end]);
            start = end;
        }

        return pieces;
    }
}
