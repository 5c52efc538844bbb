using System.Text;

namespace AiGateway.Translation.ChatToResponse;

/// <summary>
/// Reads a chunk that says nothing but text without parsing it. The chunks of one stream that carry text are alike but for the text: where one was
/// parsed and its text found, another that has the same bytes before and behind it, and neither quote, escape nor control character
/// between them, can only be the same object with another text. One object per stream.
/// </summary>
internal sealed class ChatDeltaShortcut
{
    private byte[] _before = [];
    private byte[] _behind = [];

    /// <summary>Reads a chunk, if it is like the one learned from.</summary>
    /// <param name="chunk">Its JSON.</param>
    /// <param name="delta">Filled; cleared before.</param>
    /// <returns>Whether it was.</returns>
    public bool TryRead(ReadOnlySpan<byte> chunk, ChatDelta delta)
    {
        if (_before.Length == 0 || chunk.Length < _before.Length + _behind.Length || !chunk.StartsWith(_before) || !chunk.EndsWith(_behind))
            return false;
        var text = chunk[_before.Length..^_behind.Length];
        if (text.ContainsAny((byte)'"', (byte)'\\') || text.ContainsAnyInRange((byte)0, (byte)0x1F))
            return false;
        delta.Clear();
        delta.HasChoice = true;
        delta.Content = Encoding.UTF8.GetString(text);
        return true;
    }

    /// <summary>Learns from a chunk that was parsed.</summary>
    /// <param name="chunk">Its JSON.</param>
    /// <param name="delta">What it says.</param>
    public void Learn(ReadOnlySpan<byte> chunk, ChatDelta delta)
    {
        if (!delta.IsOnlyContent || delta.Content is not { Length: > 0 } content)
            return;

        // The text as it stands in the chunk, if it needs no escape and stands there once.
        Span<byte> quoted = stackalloc byte[256];
        if (!Encoding.UTF8.TryGetBytes(content, quoted[1..^1], out var length))
            return;
        quoted[0] = quoted[length + 1] = (byte)'"';
        var needle = quoted[..(length + 2)];
        var at = chunk.IndexOf(needle);
        if (at < 0 || chunk[(at + 1)..].IndexOf(needle) >= 0 || !chunk[..at].EndsWith("\"content\":"u8))
            return;
        _before = chunk[..(at + 1)].ToArray();
        _behind = chunk[(at + length + 1)..].ToArray();
    }
}
