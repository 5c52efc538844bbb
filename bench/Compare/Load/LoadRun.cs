using System.Diagnostics;
using System.Net.Sockets;
using AiGateway.Bench.Compare.Processes;
using AiGateway.Bench.Compare.Wire;

namespace AiGateway.Bench.Compare.Load;

/// <summary>Drives one target on one lane: every client sends its next request as soon as the last is answered.</summary>
internal sealed class LoadRun
{
    private static readonly TimeSpan RampUp = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan MemoryInterval = TimeSpan.FromMilliseconds(250);

    private readonly Target _target;
    private readonly BodyCheck _check;
    private readonly byte[] _request;
    private readonly long _counted;
    private readonly long _end;
    private int _sent;
    private string? _fault;

    private LoadRun(Target target, BodyCheck check, TimeSpan duration)
    {
        _target = target;
        _check = check;
        _request = RequestBytes.Post(target.EndPoint, check.Lane);
        _counted = Stopwatch.GetTimestamp() + Ticks(RampUp);
        _end = _counted + Ticks(duration);
    }

    public static async Task<Measurement> RunAsync(
        Target target, BodyCheck check, int clients, int round, TimeSpan duration, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(RampUp + duration + Grace);
        var run = new LoadRun(target, check, duration);
        var running = Enumerable.Range(0, clients).Select(_ => Task.Run(() => run.ClientAsync(deadline.Token), CancellationToken.None)).ToArray();

        await Task.Delay(RampUp, cancellationToken);
        var (before, driverBefore) = (ProcessUse.Of(target.Process), Environment.CpuUsage.TotalTime);
        var peak = before.ResidentMegabytes;
        while (run.Left() > TimeSpan.Zero)
        {
            await Task.Delay(run.Left() < MemoryInterval ? run.Left() : MemoryInterval, cancellationToken);
            peak = Math.Max(peak, ProcessUse.Of(target.Process).ResidentMegabytes);
        }

        var (after, driverAfter) = (ProcessUse.Of(target.Process), Environment.CpuUsage.TotalTime);

        // Forced: the last client to end is on the thread that polls the sockets, which must not be kept.
        var samples = (await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.ForceYielding)).SelectMany(sample => sample).ToList();
        target.Sent.Add(check.Lane, run._sent);
        cancellationToken.ThrowIfCancellationRequested();

        var all = samples.Select(sample => sample.Whole).Order().ToArray();
        var texts = samples.Select(sample => sample.Text).Order().ToArray();
        var lasts = samples.Select(sample => sample.Last).Order().ToArray();
        return new Measurement(
            target.Name,
            check.Lane,
            clients,
            round,
            all.Length / duration.TotalSeconds,
            Milliseconds(Statistics.Percentile(all, 0.50)),
            Milliseconds(Statistics.Percentile(all, 0.99)),
            (after.Processor - before.Processor).TotalMicroseconds / Math.Max(all.Length, 1),
            (driverAfter - driverBefore) / duration,
            peak,
            run._fault ?? (all.Length == 0 ? "no request was answered in time" : null))
        {
            TextP50 = Milliseconds(Statistics.Percentile(texts, 0.50)),
            TextP99 = Milliseconds(Statistics.Percentile(texts, 0.99)),
            LastP50 = Milliseconds(Statistics.Percentile(lasts, 0.50)),
            LastP99 = Milliseconds(Statistics.Percentile(lasts, 0.99)),
        };
    }

    private static double Milliseconds(double ticks) => ticks * 1000 / Stopwatch.Frequency;

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);

    private TimeSpan Left() => Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), _end);

    /// <summary>One client, until the time is over.</summary>
    /// <returns>How long each request took that was answered within the counted time.</returns>
    private async Task<List<Sample>> ClientAsync(CancellationToken deadline)
    {
        var samples = new List<Sample>(16 * 1024);
        try
        {
            while (_fault is null && Stopwatch.GetTimestamp() < _end)
            {
                using var connection = await WireConnection.ConnectAsync(_target.EndPoint, deadline);
                await using var ended = deadline.Register(connection.Dispose);
                await DriveAsync(connection, samples);
            }
        }
        catch (Exception exception) when (exception is SocketException or InvalidDataException or ObjectDisposedException or OperationCanceledException)
        {
            _fault ??= deadline.IsCancellationRequested ? "unanswered requests at the end" : exception.Message;
        }

        return samples;
    }

    private async ValueTask DriveAsync(WireConnection connection, List<Sample> samples)
    {
        var marks = _check.Lane is { Streams: true, Translated: true } ? StreamMarks.OfResponses() : null;
        for (var start = Stopwatch.GetTimestamp(); start < _end && _fault is null && !connection.IsEnding;)
        {
            marks?.Begin(start);
            Interlocked.Increment(ref _sent);
            var status = await connection.ExchangeAsync(_request, marks);
            var now = Stopwatch.GetTimestamp();
            if (_check.Fault(status, connection.Body) is { } fault)
                _fault ??= fault;
            if (now >= _counted && now <= _end)
                samples.Add(new Sample(now - start, marks?.Text ?? 0, marks?.Last ?? 0));
            start = Stopwatch.GetTimestamp();
        }
    }

    /// <summary>Stopwatch ticks from sending a request to its last byte and, in a stream of responses, to its first text and to its terminal event.</summary>
    private readonly record struct Sample(long Whole, long Text, long Last);
}
