using System.Text;

namespace AiGateway.Bench.Compare.Load;

/// <summary>
/// Held against every body of a lane: cheap, but enough that a target cannot pass by answering something else. What is expected was
/// read and understood once, by <see cref="Preflight"/>.
/// </summary>
internal sealed record BodyCheck(Lane Lane, int Events, int Deltas)
{
    /// <summary>Judges one answer.</summary>
    /// <returns>What is wrong, or null.</returns>
    public string? Fault(int status, ReadOnlySpan<byte> body)
    {
        if (status != 200)
            return $"status {status}: {Excerpt(body)}";
        if (Lane.Streams)
            return StreamFault(body);
        var kind = Lane.Translated ? "\"object\":\"response\""u8 : "\"object\":\"chat.completion\""u8;
        return body.IndexOf(kind) < 0 ? $"not a {Encoding.UTF8.GetString(kind)}: {Excerpt(body)}" : null;
    }

    private string? StreamFault(ReadOnlySpan<byte> body)
    {
        if (!body.EndsWith("data: [DONE]\n\n"u8))
            return $"the stream does not end with [DONE]: …{Excerpt(body[^Math.Min(body.Length, 200)..])}";
        var events = body.Count("\ndata:"u8) + (body.StartsWith("data:"u8) ? 1 : 0);
        if (events != Events)
            return $"{events} events instead of {Events}";
        if (!Lane.Translated)
            return null;
        if (body.IndexOf("event: response.completed\n"u8) < 0)
            return "the stream has no response.completed";
        var deltas = body.Count("event: response.output_text.delta\n"u8);
        return deltas == Deltas ? null : $"{deltas} text deltas instead of {Deltas}";
    }

    private static string Excerpt(ReadOnlySpan<byte> body) => Encoding.UTF8.GetString(body[..Math.Min(body.Length, 200)]);
}
