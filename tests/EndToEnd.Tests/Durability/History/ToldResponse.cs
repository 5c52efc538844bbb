namespace AiGateway.EndToEnd.Tests.Durability.History;

/// <summary>All that clients were told of one response. One client writes at a time.</summary>
/// <param name="id">Its id.</param>
/// <param name="name">What its request was called: the upstream knows it by that name.</param>
/// <param name="kind">How it was asked for.</param>
internal sealed class ToldResponse(string id, string name, CallKind kind)
{
    public string Id => id;

    public string Name => name;

    public CallKind Kind => kind;

    /// <summary>What came over each connection that read its events.</summary>
    public List<Reading> Readings { get; } = [];

    /// <summary>Objects that clients were given whose status says that it has ended, byte for byte.</summary>
    public List<string> EndedBodies { get; } = [];

    /// <summary>Whether a cancel was answered, whatever the answer.</summary>
    public bool IsCancelAnswered { get; set; }

    /// <summary>The response that it continues; null for none.</summary>
    public string? Previous { get; set; }
}
