using System.Text.Json;
using AiGateway.Bench.Compare.Wire;

namespace AiGateway.Bench.Compare.Load;

/// <summary>
/// Before a lane is measured, one answer is read in full: the text that the upstream gave must arrive, whatever form it was translated to.
/// </summary>
internal static class Preflight
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Reads one answer of the upstream and one of the target, and compares them.</summary>
    /// <exception cref="BenchException">The answer is not what the lane asks for.</exception>
    public static async Task<BodyCheck> RunAsync(Target target, Target upstream, Lane lane, CancellationToken cancellationToken)
    {
        try
        {
            var (expected, _) = await AskAsync(upstream, lane.Plain, cancellationToken);
            var (actual, check) = await AskAsync(target, lane, cancellationToken);
            if (expected.Length == 0 || expected != actual)
                throw new InvalidDataException($"the text is '{actual}' instead of '{expected}'");
            return check;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw new BenchException($"{target.Name}, {lane.Name}: {exception.Message}");
        }
    }

    private static async Task<(string Text, BodyCheck Check)> AskAsync(Target target, Lane lane, CancellationToken cancellationToken)
    {
        using var connection = await WireConnection.ConnectAsync(target.EndPoint, cancellationToken);
        using var deadline = new CancellationTokenSource(Patience);
        await using var ended = deadline.Token.Register(connection.Dispose);
        target.Sent.Add(lane);
        var status = await connection.ExchangeAsync(RequestBytes.Post(target.EndPoint, lane));
        var body = connection.BodyText();
        if (status != 200)
            throw new InvalidDataException($"status {status}: {body}");

        if (lane.Streams)
        {
            var stream = StreamText.Parse(body, lane.Translated);
            var check = new BodyCheck(lane, stream.Events, stream.Deltas);
            return check.Fault(status, connection.Body) is { } fault ? throw new InvalidDataException(fault) : (stream.Text, check);
        }

        using var document = JsonDocument.Parse(body);
        var whole = new BodyCheck(lane, Events: 1, Deltas: 0);
        return whole.Fault(status, connection.Body) is { } wrong
            ? throw new InvalidDataException(wrong)
            : (Text(document.RootElement, lane.Translated), whole);
    }

    private static string Text(JsonElement root, bool translated) => (translated
        ? root.GetProperty("output").EnumerateArray().Last(item => item.GetProperty("type").GetString() == "message").GetProperty("content")[0].GetProperty("text").GetString()
        : root.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()) ?? "";
}
