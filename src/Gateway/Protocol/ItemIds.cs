namespace AiGateway.Protocol;

/// <summary>Gives the items of one response their ids, in the order in which they come.</summary>
/// <param name="responseId">The response's id.</param>
/// <param name="taken">How many places are taken: by its input, where it is its output that comes.</param>
internal sealed class ItemIds(string responseId, int taken = 0)
{
    private int _taken = taken;

    /// <summary>How many places are taken.</summary>
    public int Taken => _taken;

    /// <summary>The next item's id.</summary>
    /// <param name="prefix">A prefix of <see cref="Ids"/>.</param>
    public string Next(string prefix) => Ids.OfItem(prefix, responseId, ++_taken);
}
