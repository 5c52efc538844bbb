using System.Buffers;

namespace AiGateway.Protocol;

/// <summary>
/// The frames of one chat stream that say nothing but text. They are alike but for the text: where one was rewritten and its text found, another that has the same
/// bytes before and behind it, and no quote between them, can only be the same chunk with another text. So it is
/// rewritten by comparing and copying bytes, without a search through it.
/// </summary>
internal sealed class ChatTextFrames
{
    private readonly byte[] _before;
    private readonly byte[] _behind;
    private readonly byte[] _newBefore;
    private readonly byte[] _newBehind;

    private ChatTextFrames(byte[] before, byte[] behind, byte[] newBefore, byte[] newBehind) =>
        (_before, _behind, _newBefore, _newBehind) = (before, behind, newBefore, newBehind);

    private static ReadOnlySpan<byte> Field => "data: "u8;

    private static ReadOnlySpan<byte> BlankLine => "\n\n"u8;

    /// <summary>The JSON in a rewritten frame.</summary>
    /// <param name="frame">The frame, its blank line included.</param>
    public static ReadOnlyMemory<byte> JsonIn(ReadOnlyMemory<byte> frame) => frame[Field.Length..^BlankLine.Length];

    /// <summary>Whether nothing is to be learned from a chunk: it begins and ends like the one learned from.</summary>
    /// <param name="chunk">Its JSON.</param>
    public bool IsLike(ReadOnlySpan<byte> chunk) => chunk.StartsWith(_before.AsSpan(Field.Length)) && chunk.EndsWith(_behind.AsSpan(..^BlankLine.Length));

    /// <summary>Learns from a chunk that was rewritten.</summary>
    /// <param name="chunk">Its JSON.</param>
    /// <param name="rewritten">The JSON that became of it.</param>
    /// <returns>Null where it has no text, or one that cannot be told apart.</returns>
    public static ChatTextFrames? Learn(ReadOnlySpan<byte> chunk, ReadOnlySpan<byte> rewritten)
    {
        if (!TryFind(chunk, out var start, out var length) || !TryFind(rewritten, out var newStart, out var newLength))
            return null;
        return chunk.Slice(start, length).SequenceEqual(rewritten.Slice(newStart, newLength)) && !rewritten.ContainsAny((byte)'\n', (byte)'\r')
            ? new(
                [.. Field, .. chunk[..start]],
                [.. chunk[(start + length)..], .. BlankLine],
                [.. Field, .. rewritten[..newStart]],
                [.. rewritten[(newStart + length)..], .. BlankLine])
            : null;
    }

    /// <summary>Reads a frame, if it is like the one learned from.</summary>
    /// <param name="ahead">Bytes that begin with a frame, and may go on or break off.</param>
    /// <param name="text">Its text, as it stands there.</param>
    /// <param name="length">The frame's length in bytes, its blank line included.</param>
    /// <returns>Whether it was, and is whole.</returns>
    public bool TryRead(ReadOnlySpan<byte> ahead, out ReadOnlySpan<byte> text, out int length)
    {
        text = default;
        length = 0;
        if (!ahead.StartsWith(_before))
            return false;
        var rest = ahead[_before.Length..];
        var end = rest.IndexOfAny((byte)'"', (byte)'\r', (byte)'\n');
        if (end < 0 || !rest[end..].StartsWith(_behind))
            return false;
        text = rest[..end];
        length = _before.Length + end + _behind.Length;

        // Without a quote it is one string, unless it ends in a backslash, which would make the quote behind it part of the string.
        return !text.EndsWith("\\"u8);
    }

    /// <summary>Writes a rewritten frame.</summary>
    /// <param name="text">Its text, as it stood in the frame that was read.</param>
    /// <param name="output">Where it goes.</param>
    public void Write(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        output.Write(_newBefore);
        output.Write(text);
        output.Write(_newBehind);
    }

    // A quote inside a JSON string is escaped: these bytes can only be the end of a member's name and the beginning of its value.
    private static bool TryFind(ReadOnlySpan<byte> chunk, out int start, out int length)
    {
        var content = "\"content\":\""u8;
        start = chunk.LastIndexOf(content);
        length = 0;
        if (start < 0)
            return false;
        start += content.Length;
        length = chunk[start..].IndexOfAny((byte)'"', (byte)'\\');
        return length >= 0 && chunk[start + length] == '"';
    }
}
