using System.Text.Json.Nodes;

namespace AiGateway.Upstream;

/// <summary>Paced streams as scripts.</summary>
public static class Paced
{
    /// <summary>Deltas <c>"d0 "</c>, <c>"d1 "</c>, …, evenly spaced; always a stream.</summary>
    public static Script Chat(Pace pace) => Script.By(request =>
    {
        var usage = (request.Field("stream_options") as JsonObject)?["include_usage"]?.ToString() == "true";
        return Script.Sse()
            .Write((send, cancellation) => PacedStream.WriteAsync(pace, usage, send, cancellation))
            .Send(BenchPayloads.Ending(usage));
    });

    public static Script Chat(int count, TimeSpan interval) => Chat(new Pace(count, interval));
}
