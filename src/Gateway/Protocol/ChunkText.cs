namespace AiGateway.Protocol;

/// <summary>
/// How many bytes of generated text a chat stream had, about, without parsing its chunks: those that begin alike have the same JSON around their text, which is
/// measured once. For an estimate of what was used, where the provider does not come to say it.
/// </summary>
internal struct ChunkText
{
    private long _bytes;
    private long _count;
    private long _around;
    private long _parsed;

    /// <summary>The bytes so far.</summary>
    public readonly long Bytes => _parsed + Math.Max(0, _bytes - (_count * _around));

    /// <summary>Counts what follows on the bytes that the chunks begin with alike.</summary>
    public void Add(ReadOnlySpan<byte> rest)
    {
        if (_around == 0)
        {
            var text = LengthIn(rest);
            if (text < 0)
                return;
            _around = rest.Length - text;
        }

        _bytes += rest.Length;
        _count++;
    }

    /// <summary>Counts a chunk of another form.</summary>
    public void AddOther(ReadOnlySpan<byte> chunk) => _parsed += Math.Max(0, LengthIn(chunk));

    /// <summary>Counts text that is told apart already.</summary>
    public void AddText(long bytes) => _parsed += bytes;

    private static int LengthIn(ReadOnlySpan<byte> json)
    {
        var start = Behind(json, "\"content\":\""u8);
        if (start < 0)
            start = Behind(json, "\"reasoning_content\":\""u8);
        if (start < 0)
            start = Behind(json, "\"arguments\":\""u8);
        if (start < 0)
            return -1;
        var end = start;
        while (end < json.Length && json[end] != (byte)'"')
            end += json[end] == (byte)'\\' ? 2 : 1;
        return Math.Min(end, json.Length) - start;
    }

    private static int Behind(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name)
    {
        var at = json.IndexOf(name);
        return at < 0 ? -1 : at + name.Length;
    }
}
