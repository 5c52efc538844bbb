namespace AiGateway.AspNetCore.WebSockets;

/// <summary>What a client sent.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Utf8">A message's bytes; nobody else's.</param>
internal readonly record struct SocketMessage(SocketMessageKind Kind, ReadOnlyMemory<byte> Utf8 = default);
