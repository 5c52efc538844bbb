using AiGateway.Responses;

namespace AiGateway.Pipeline;

/// <summary>A response's events go straight to the client that waits for them.</summary>
internal sealed class ClientStream(EventWriter writer) : IResponseEventSink
{
    public bool TellsErrors => writer.TellsErrors;

    public ValueTask AppendAsync(ResponseEvent responseEvent)
    {
        writer.WriteEvent(responseEvent.Type, responseEvent.Utf8.Span);
        return default;
    }
}
