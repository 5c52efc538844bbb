namespace AiGateway.Engine;

/// <summary>Consecutive events of one response, as the bytes that go on the wire: server-sent event frames, one behind the other.</summary>
/// <param name="First">The first event's sequence number.</param>
/// <param name="Count">How many events there are.</param>
/// <param name="Frames">Their frames, each ended by a blank line; never changed.</param>
public readonly record struct EventPage(long First, int Count, ReadOnlyMemory<byte> Frames)
{
    /// <summary>The last event's sequence number; one less than <see cref="First"/> where the page is empty.</summary>
    public long Last => First + Count - 1;

    /// <summary>The events behind one.</summary>
    /// <param name="sequence">A sequence number; may lie before the page.</param>
    /// <returns>The page without that event and all before it.</returns>
    public EventPage After(long sequence)
    {
        var rest = this;
        while (rest.Count > 0 && rest.First <= sequence)
        {
            var end = rest.Frames.Span.IndexOf("\n\n"u8) + 2;
            rest = new EventPage(rest.First + 1, rest.Count - 1, rest.Frames[end..]);
        }

        return rest;
    }
}
