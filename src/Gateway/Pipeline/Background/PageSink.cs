using System.Buffers;
using AiGateway.Engine;
using AiGateway.Protocol;
using AiGateway.Responses;

namespace AiGateway.Pipeline.Background;

/// <summary>Gathers a response's first events, to be kept together with it.</summary>
internal sealed class PageSink : IResponseEventSink
{
    private readonly ArrayBufferWriter<byte> _frames = new(1024);
    private int _count;

    /// <summary>The events so far.</summary>
    public EventPage Page => new(0, _count, _frames.WrittenMemory);

    public ValueTask AppendAsync(ResponseEvent responseEvent)
    {
        EventFrame.Write(_frames, responseEvent.Type, responseEvent.Utf8.Span);
        _count++;
        return default;
    }
}
