namespace AiGateway.AspNetCore.WebSockets;

/// <summary>What came from a client.</summary>
internal enum SocketMessageKind
{
    /// <summary>A message, text or binary, whole.</summary>
    Message,

    /// <summary>One message more than may wait.</summary>
    OneTooMany,

    /// <summary>A message that is larger than one may be. Nothing behind it counts.</summary>
    TooLarge,

    /// <summary>The client's wish to close.</summary>
    Close,
}
