using System.Buffers;
using System.Text;

namespace AiGateway.Protocol;

/// <summary>
/// A server-sent event as both APIs frame them (<c>spec/responses.md</c> §10): LF line ends, one data line, one blank line. Since JSON on one line holds
/// no line break, a blank line is always an event's end: frames can be put one behind another and taken apart again.
/// </summary>
public static class EventFrame
{
    /// <summary>Writes an event with a name.</summary>
    /// <param name="output">Where.</param>
    /// <param name="type">Its name; the same as its <c>type</c>.</param>
    /// <param name="json">JSON; line breaks between its tokens become spaces.</param>
    /// <returns>The bytes written.</returns>
    public static int Write(IBufferWriter<byte> output, ReadOnlySpan<char> type, ReadOnlySpan<byte> json) =>
        Write(output, "event: "u8, type, "\ndata: "u8, json);

    /// <summary>Writes an event without a name.</summary>
    /// <param name="output">Where.</param>
    /// <param name="json">JSON; line breaks between its tokens become spaces.</param>
    /// <returns>The bytes written.</returns>
    public static int Write(IBufferWriter<byte> output, ReadOnlySpan<byte> json) => Write(output, "data: "u8, default, default, json);

    /// <summary>The length of the first of some frames.</summary>
    /// <param name="frames">Whole frames.</param>
    /// <returns>Its length in bytes, its blank line included; 0 where there is none.</returns>
    public static int LengthOfFirst(ReadOnlySpan<byte> frames)
    {
        var end = frames.IndexOf("\n\n"u8);
        return end < 0 ? 0 : end + 2;
    }

    // One piece of the output an event: asking for each part's room costs more than copying it.
    private static int Write(IBufferWriter<byte> output, ReadOnlySpan<byte> head, ReadOnlySpan<char> type, ReadOnlySpan<byte> middle, ReadOnlySpan<byte> json)
    {
        ArgumentNullException.ThrowIfNull(output);
        var room = output.GetSpan(head.Length + Encoding.UTF8.GetMaxByteCount(type.Length) + middle.Length + json.Length + 2);
        head.CopyTo(room);
        var at = head.Length;
        at += Encoding.UTF8.GetBytes(type, room[at..]);
        middle.CopyTo(room[at..]);
        at += middle.Length;
        var line = room.Slice(at, json.Length);
        json.CopyTo(line);

        // Line breaks between tokens are legal JSON but would end the data line.
        if (line.ContainsAny((byte)'\n', (byte)'\r'))
        {
            line.Replace((byte)'\n', (byte)' ');
            line.Replace((byte)'\r', (byte)' ');
        }

        at += json.Length;
        room[at++] = (byte)'\n';
        room[at++] = (byte)'\n';
        output.Advance(at);
        return at;
    }
}
