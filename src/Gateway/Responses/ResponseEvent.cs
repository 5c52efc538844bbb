namespace AiGateway.Responses;

/// <summary>One event of a response, serialized once: these are the bytes that go on every wire and into every log.</summary>
/// <param name="SequenceNumber">From 0, without gaps.</param>
/// <param name="Type">The event's <c>type</c>.</param>
/// <param name="Utf8">The event's JSON. Valid until the next event, unless copied.</param>
public readonly record struct ResponseEvent(long SequenceNumber, string Type, ReadOnlyMemory<byte> Utf8);
