using System.Diagnostics;
using System.Text;
using AiGateway.Bench.Compare.Load;
using AiGateway.Bench.Compare.Processes;
using AiGateway.Bench.Compare.Reports;
using AiGateway.Bench.Compare.Wire;

namespace AiGateway.Bench.Compare.Durable;

/// <summary>A long background response read again: by one, by many at once, and by one who had almost all of it.</summary>
internal sealed class ResumePart : IDurablePart
{
    private const int Times = 5;
    private const int Many = 16;
    private const int Missed = 10;

    private readonly List<(string What, double Milliseconds, double Megabytes)> _rows = [];
    private int _events;
    private double _peak;

    public string Name => "resume";

    public async Task MeasureAsync(DurableSetting setting, CancellationToken cancellationToken)
    {
        var gateway = await setting.StartGatewayAsync(this, cancellationToken);
        var deltas = setting.Options.Events;

        // Twice: the first time much is done for the first time.
        byte[] log = [];
        string id = "";
        for (var i = 0; i < 2; i++)
        {
            using var creator = await WireConnection.ConnectAsync(gateway.EndPoint, cancellationToken);
            await using var left = cancellationToken.Register(creator.Dispose);
            var start = Stopwatch.GetTimestamp();
            var status = await creator.ExchangeAsync(Bodies.Background(gateway, deltas, milliseconds: 0));
            var elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            log = creator.Body.ToArray();
            if (status != 200 || log.AsSpan().Count("event: response.output_text.delta\n"u8) != deltas || log.AsSpan().IndexOf("event: response.completed\n"u8) < 0)
                throw new BenchException($"status {status}: {deltas} deltas were asked for; got {Encoding.UTF8.GetString(log.AsSpan(0, Math.Min(log.Length, 300)))}");
            id = ResponseId.In(log);
            if (i > 0)
                _rows.Add(("made and followed by its creator", elapsed, log.Length / 1e6));
        }

        _events = log.AsSpan().Count("event: "u8);
        await ReadAsync(gateway, id, after: null, 1, log, cancellationToken);
        await AddAsync("one reader, from the start", gateway, id, null, 1, log, cancellationToken);
        await AddAsync($"{Many} readers at once, from the start", gateway, id, null, Many, log, cancellationToken);
        await AddAsync($"one reader, the last {Missed} events", gateway, id, _events - Missed - 1, 1, log, cancellationToken);
        _peak = ProcessUse.Of(gateway.Process).ResidentMegabytes;
        await setting.StopAsync(gateway);
    }

    public void Write(StringBuilder text)
    {
        if (_rows.Count == 0)
            return;
        text.AppendLine().AppendLine($"### A background response of {_events:N0} events, resumed").AppendLine();
        text.AppendLine("| what | ms | MB | MB/s |").AppendLine("|---|--:|--:|--:|");
        foreach (var (what, milliseconds, megabytes) in _rows)
            text.AppendLine($"| {what} | {milliseconds:N1} | {megabytes:N2} | {megabytes / milliseconds * 1000:N0} |");
        text.AppendLine().AppendLine($"Every reader got the bytes that the creator got. The gateway's memory afterwards: {_peak:N0} MB.");
    }

    public IEnumerable<Goal> Goals() => [];

    private async Task AddAsync(string what, Target gateway, string id, int? after, int readers, byte[] log, CancellationToken cancellationToken)
    {
        var all = new List<(double Milliseconds, double Megabytes)>();
        for (var i = 0; i < Times; i++)
            all.Add(await ReadAsync(gateway, id, after, readers, log, cancellationToken));
        var (milliseconds, megabytes) = all.OrderBy(one => one.Milliseconds).ElementAt(Times / 2);
        _rows.Add((what, milliseconds, megabytes));
        DurableSetting.Say($"{what}: {milliseconds:N1} ms, {megabytes / milliseconds * 1000:N0} MB/s");
    }

    private static async Task<(double Milliseconds, double Megabytes)> ReadAsync(
        Target gateway, string id, int? after, int readers, byte[] log, CancellationToken cancellationToken)
    {
        var path = $"/v1/responses/{id}?stream=true" + (after is null ? "" : $"&starting_after={after}");
        var request = RequestBytes.Get(gateway.EndPoint, path);
        long bytes = 0;
        var result = await Batch.RunAsync(
            gateway,
            readers,
            readers,
            _ => request,
            (_, status, body) =>
            {
                Interlocked.Add(ref bytes, body.Length);
                return status == 200 && log.AsSpan().EndsWith(body) && (after is not null || body.Length == log.Length)
                    ? null
                    : $"status {status}: the reader got {body.Length} bytes, not those of the creator's {log.Length}";
            },
            cancellationToken);
        return (result.Elapsed.TotalMilliseconds, bytes / 1e6);
    }
}
