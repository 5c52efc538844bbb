namespace AiGateway.Translation;

/// <summary>How much of one output item has gone out already, so that its final form adds only what the deltas left out.</summary>
/// <param name="kind">The item's type.</param>
internal sealed class ResponseItemProgress(string kind)
{
    private readonly List<Part> _parts = [];

    /// <summary>The item's type.</summary>
    public string Kind { get; } = kind;

    /// <summary>The item's id; null until it was told.</summary>
    public string? Id { get; set; }

    /// <summary>The index among the calls; -1 until the call was told.</summary>
    public int ToolIndex { get; set; } = -1;

    /// <summary>Of a reasoning item: whether its summary is what goes out (true), its raw text (false), or neither yet (null).</summary>
    public bool? ShowsSummary { get; set; }

    /// <summary>One part of the item; a call has one.</summary>
    public Part At(int index)
    {
        while (_parts.Count <= index)
            _parts.Add(new Part());
        return _parts[index];
    }

    /// <summary>What went out of one part.</summary>
    internal sealed class Part
    {
        /// <summary>Its text so far, in UTF-16 units.</summary>
        public int Units { get; set; }

        /// <summary>How much content there was before it, in UTF-16 units; -1 until its text begins.</summary>
        public int Offset { get; set; } = -1;

        /// <summary>Whether log probabilities went with it.</summary>
        public bool HasLogprobs { get; set; }

        /// <summary>How many annotations.</summary>
        public int Annotations { get; set; }
    }
}
