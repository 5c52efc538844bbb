namespace AiGateway.Hooks;

/// <summary>Sees what a client gets of an answer, as all hooks left it.</summary>
internal interface IContentWatcher
{
    /// <summary>A whole answer.</summary>
    /// <param name="utf8">Its JSON; not to be kept.</param>
    void OnAnswer(ReadOnlyMemory<byte> utf8);

    /// <summary>An event of a stream.</summary>
    /// <param name="type">Its type; null for a chat chunk.</param>
    /// <param name="utf8">Its JSON; not to be kept.</param>
    void OnEvent(string? type, ReadOnlyMemory<byte> utf8);
}
