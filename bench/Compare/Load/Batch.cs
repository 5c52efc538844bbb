using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using AiGateway.Bench.Compare.Wire;

namespace AiGateway.Bench.Compare.Load;

/// <summary>A number of requests, each sent once, by clients who take the next as soon as the last is answered.</summary>
internal sealed class Batch
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(20);

    private readonly Target _target;
    private readonly int _count;
    private readonly Func<int, byte[]> _request;
    private readonly Judge _judge;
    private readonly ConcurrentBag<long> _samples = [];
    private int _next = -1;
    private string? _fault;

    private Batch(Target target, int count, Func<int, byte[]> request, Judge judge) => (_target, _count, _request, _judge) = (target, count, request, judge);

    /// <summary>Sees an answer.</summary>
    /// <param name="index">Which request it answers.</param>
    /// <param name="status">Its status.</param>
    /// <param name="body">Its body, which is there only for now.</param>
    /// <returns>What is wrong with it; null for nothing.</returns>
    public delegate string? Judge(int index, int status, ReadOnlySpan<byte> body);

    /// <summary>Sends the requests.</summary>
    /// <param name="target">To whom.</param>
    /// <param name="clients">How many at once.</param>
    /// <param name="count">How many in all.</param>
    /// <param name="request">Gives each its bytes, by its index.</param>
    /// <param name="judge">Sees each answer; on several threads at once.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="BenchException">An answer was wrong, or did not come.</exception>
    public static async Task<BatchResult> RunAsync(
        Target target, int clients, int count, Func<int, byte[]> request, Judge judge, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Patience);
        var batch = new Batch(target, count, request, judge);
        var begun = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(() => batch.ClientAsync(deadline.Token), CancellationToken.None)))
            .ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var elapsed = Stopwatch.GetElapsedTime(begun);
        cancellationToken.ThrowIfCancellationRequested();
        if (batch._fault is { } fault)
            throw new BenchException(fault);
        return new BatchResult(count, elapsed, [.. batch._samples.Order()]);
    }

    private async Task ClientAsync(CancellationToken deadline)
    {
        try
        {
            while (_fault is null && Volatile.Read(ref _next) < _count - 1)
            {
                using var connection = await WireConnection.ConnectAsync(_target.EndPoint, deadline);
                await using var ended = deadline.Register(connection.Dispose);
                while (_fault is null && !connection.IsEnding && Interlocked.Increment(ref _next) is var index && index < _count)
                    await SendAsync(connection, index);
            }
        }
        catch (Exception exception) when (exception is SocketException or InvalidDataException or ObjectDisposedException or OperationCanceledException)
        {
            _fault ??= deadline.IsCancellationRequested ? "requests were not answered in time" : exception.Message;
        }
    }

    private async ValueTask SendAsync(WireConnection connection, int index)
    {
        var request = _request(index);
        var start = Stopwatch.GetTimestamp();
        var status = await connection.ExchangeAsync(request);
        _samples.Add(Stopwatch.GetTimestamp() - start);
        if (_judge(index, status, connection.Body) is { } fault)
            _fault ??= fault;
    }
}
