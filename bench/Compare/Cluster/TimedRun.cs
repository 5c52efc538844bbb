using System.Diagnostics;
using System.Net.Sockets;
using AiGateway.Bench.Compare.Load;
using AiGateway.Bench.Compare.Processes;
using AiGateway.Bench.Compare.Wire;

namespace AiGateway.Bench.Compare.Cluster;

/// <summary>Holds a number of paced responses at once, for a while: who has read one to its end asks for the next.</summary>
internal sealed class TimedRun
{
    /// <summary>Of each response.</summary>
    public const int Deltas = 64;

    /// <summary>Milliseconds.</summary>
    public const int Interval = 20;

    /// <summary>The clients begin spread over the time that a response takes, as strangers do.</summary>
    private static readonly TimeSpan Spread = TimeSpan.FromMilliseconds(Deltas * Interval);

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(20);

    private readonly Target _target;
    private readonly byte[] _request;
    private readonly long _counted;
    private readonly long _end;
    private string? _fault;

    private TimedRun(Target target, byte[] request, TimeSpan duration)
    {
        (_target, _request) = (target, request);
        _counted = Stopwatch.GetTimestamp() + Ticks(Spread);
        _end = _counted + Ticks(duration);
    }

    /// <summary>Holds them.</summary>
    /// <param name="target">Whom to ask.</param>
    /// <param name="request">What each asks.</param>
    /// <param name="clients">How many at once.</param>
    /// <param name="duration">For how long it counts.</param>
    /// <param name="used">The processes whose use is told, in groups.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static async Task<TimedResult> RunAsync(
        Target target, byte[] request, int clients, TimeSpan duration, IReadOnlyList<IReadOnlyList<Target>> used, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Spread + duration + Grace);
        var run = new TimedRun(target, request, duration);
        var running = Enumerable.Range(0, clients)
            .Select(client => Task.Run(() => run.ClientAsync(Spread * client / clients, deadline.Token), CancellationToken.None)).ToArray();
        await Task.Delay(Spread, cancellationToken);
        var before = used.Select(Processor).ToList();
        await Task.Delay(duration, cancellationToken);
        var cores = used.Select((group, i) => (Processor(group) - before[i]) / duration).ToList();
        var all = await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        cancellationToken.ThrowIfCancellationRequested();
        var firsts = all.SelectMany(one => one.Firsts).Order().ToArray();
        var delays = all.SelectMany(one => one.Delays).Order().ToArray();
        return new TimedResult(
            firsts.Length,
            delays.Length,
            Milliseconds(firsts, 0.50),
            Milliseconds(firsts, 0.99),
            Milliseconds(delays, 0.50),
            Milliseconds(delays, 0.99),
            cores,
            run._fault ?? (delays.Length == 0 ? "no delta came in time" : null));
    }

    private static TimeSpan Processor(IReadOnlyList<Target> group) => group.Aggregate(TimeSpan.Zero, (sum, one) => sum + ProcessUse.Of(one.Process).Processor);

    private static double Milliseconds(long[] sorted, double fraction) => Statistics.Percentile(sorted, fraction) * 1000 / Stopwatch.Frequency;

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);

    private async Task<(List<long> Firsts, List<long> Delays)> ClientAsync(TimeSpan wait, CancellationToken deadline)
    {
        var (firsts, delays) = (new List<long>(), new List<long>(1024));
        try
        {
            await Task.Delay(wait, deadline);
            while (_fault is null && Stopwatch.GetTimestamp() < _end)
            {
                using var connection = await WireConnection.ConnectAsync(_target.EndPoint, deadline);
                await using var ended = deadline.Register(connection.Dispose);
                await ReadAsync(connection, firsts, delays);
            }
        }
        catch (Exception exception) when (exception is SocketException or InvalidDataException or ObjectDisposedException or OperationCanceledException)
        {
            _fault ??= deadline.IsCancellationRequested ? "a response did not end" : exception.Message;
        }

        return (firsts, delays);
    }

    private async ValueTask ReadAsync(WireConnection connection, List<long> firsts, List<long> delays)
    {
        var stream = new TimedStream(delays, _counted, _end);
        for (var asked = Stopwatch.GetTimestamp(); asked < _end && _fault is null && !connection.IsEnding; asked = Stopwatch.GetTimestamp())
        {
            stream.Begin(asked);
            var status = await connection.ExchangeAsync(_request, stream);
            if (status != 200 || stream is not { InOrder: true, Received: Deltas } || !connection.Body.EndsWith("data: [DONE]\n\n"u8)
                || connection.Body.IndexOf("event: response.completed\n"u8) < 0)
            {
                throw new InvalidDataException($"status {status}, {stream.Received} deltas{(stream.InOrder ? "" : ", not in order")}: {connection.BodyText()[..Math.Min(connection.Body.Length, 300)]}");
            }

            if (asked >= _counted)
                firsts.Add(stream.First);
        }
    }
}
