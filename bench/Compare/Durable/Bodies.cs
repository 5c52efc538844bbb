using AiGateway.Bench.Compare.Wire;

namespace AiGateway.Bench.Compare.Durable;

/// <summary>Requests beside those of the lanes.</summary>
internal static class Bodies
{
    /// <summary>A background response, streamed, of so many deltas in the upstream's own pace.</summary>
    public static byte[] Background(Target target, int deltas, int milliseconds) => Post(
        target, $$"""{"model":"paced-{{deltas}}-{{milliseconds}}","input":"Go on.","background":true,"stream":true}""", streams: true);

    /// <summary>The same as a client's own, not kept.</summary>
    public static byte[] Foreground(Target target, int deltas, int milliseconds) => Post(
        target, $$"""{"model":"paced-{{deltas}}-{{milliseconds}}","input":"Go on.","store":false,"stream":true}""", streams: true);

    /// <summary>A turn of a chain.</summary>
    public static byte[] Turn(Target target, string? previous) => Post(
        target, $$"""{"model":"bench","input":"Go on."{{(previous is null ? "" : $",\"previous_response_id\":\"{previous}\"")}}}""", streams: false);

    private static byte[] Post(Target target, string body, bool streams) => RequestBytes.Post(target.EndPoint, "/v1/responses", body, streams);
}
