using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using AiGateway.Bench.Compare.Processes;
using AiGateway.Bench.Compare.Wire;

namespace AiGateway.Bench.Compare.Load;

/// <summary>Holds a number of paced streams at once through a target, for a while.</summary>
internal sealed class PacedRun
{
    /// <summary>A stream takes 1.3 s; the readers begin spread over that, as strangers do.</summary>
    private static readonly TimeSpan Spread = TimeSpan.FromSeconds(1.28);

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(2);

    private readonly Target _target;
    private readonly byte[] _request;
    private readonly long _end;
    private readonly ConcurrentBag<PacedStream> _streams = [];
    private int _broken;
    private string? _fault;

    private PacedRun(Target target, TimeSpan duration)
    {
        _target = target;
        _request = RequestBytes.Post(target.EndPoint, Lane.Paced);
        _end = Stopwatch.GetTimestamp() + (long)(duration.TotalSeconds * Stopwatch.Frequency);
    }

    public static async Task<PacedResult> RunAsync(Target target, int readers, TimeSpan duration, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Spread + duration + Grace);
        var run = new PacedRun(target, Spread + duration);
        var all = Task.WhenAll(Enumerable.Range(0, readers)
            .Select(reader => Task.Run(() => run.ReadAsync(Spread * reader / readers, deadline.Token), CancellationToken.None)));
        var peak = 0.0;
        while (!all.IsCompleted)
        {
            peak = Math.Max(peak, ProcessUse.Of(target.Process).ResidentMegabytes);
            await Task.WhenAny(all, Task.Delay(500, CancellationToken.None)).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        }

        await all;
        cancellationToken.ThrowIfCancellationRequested();
        await Task.Delay(Rest, cancellationToken);
        return run.Result(readers, peak);
    }

    private PacedResult Result(int readers, double peak)
    {
        var firsts = _streams.Select(stream => stream.First.Ticks).Order().ToArray();
        return new PacedResult(
            _target.Name,
            readers,
            _streams.Count,
            _streams.Sum(stream => (long)(PacedStream.Deltas - stream.Received)),
            _broken,
            _streams.Sum(stream => stream.Late),
            _streams.IsEmpty ? double.NaN : _streams.Max(stream => stream.MaxGap).TotalMilliseconds,
            Statistics.Percentile(firsts, 0.50) / TimeSpan.TicksPerMillisecond,
            Statistics.Percentile(firsts, 0.99) / TimeSpan.TicksPerMillisecond,
            peak,
            ProcessUse.Of(_target.Process).ResidentMegabytes,
            _fault);
    }

    private async Task ReadAsync(TimeSpan delay, CancellationToken deadline)
    {
        try
        {
            await Task.Delay(delay, deadline);
            while (Stopwatch.GetTimestamp() < _end)
                await ConnectedAsync(deadline);
        }
        catch (Exception exception) when (exception is SocketException or InvalidDataException or ObjectDisposedException or OperationCanceledException)
        {
            Interlocked.Increment(ref _broken);
            _fault ??= deadline.IsCancellationRequested ? "a stream did not end" : exception.Message;
        }
    }

    private async Task ConnectedAsync(CancellationToken deadline)
    {
        using var connection = await WireConnection.ConnectAsync(_target.EndPoint, deadline);
        await using var ended = deadline.Register(connection.Dispose);
        while (Stopwatch.GetTimestamp() < _end && !connection.IsEnding)
        {
            var stream = new PacedStream();
            _streams.Add(stream);
            var status = await connection.ExchangeAsync(_request, stream);
            if (status == 200 && stream.InOrder && connection.Body.EndsWith("data: [DONE]\n\n"u8))
                continue;
            throw new InvalidDataException($"status {status}, {(stream.InOrder ? "no [DONE]" : "deltas out of order")}");
        }
    }
}
