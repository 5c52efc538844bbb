namespace AiGateway.EndToEnd.Tests.Durability.History;

/// <summary>What one client was told of a response over one connection.</summary>
/// <param name="after">The sequence number behind which it asked to begin; -1 for the first.</param>
internal sealed class Reading(long after)
{
    private readonly List<Frame> _frames = [];

    public long After => after;

    /// <summary>The events, in the order in which they came.</summary>
    public IReadOnlyList<Frame> Frames => _frames;

    /// <summary>Whether the stream ended as a whole one does, with <c>[DONE]</c>.</summary>
    public bool IsWhole { get; set; }

    public long Last => _frames.Count == 0 ? after : _frames[^1].Sequence;

    public void Add(Frame frame) => _frames.Add(frame);
}
