using System.Diagnostics;
using System.Net.Sockets;
using AiGateway.Bench.Compare.Load;
using AiGateway.Bench.Compare.Processes;
using AiGateway.Bench.Compare.Wire;

namespace AiGateway.Bench.Compare.Durable;

/// <summary>Streams that all begin at the same time, each read to its end.</summary>
internal static class PacedCrowd
{
    /// <summary>Of each stream.</summary>
    public const int Deltas = 64;

    /// <summary>Milliseconds.</summary>
    public const int Interval = 20;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MemoryInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Connects all, has all ask, and reads all.</summary>
    /// <param name="target">Whom to ask.</param>
    /// <param name="request">What each asks.</param>
    /// <param name="count">How many.</param>
    /// <param name="translated">Whether the answers are responses; else they are chat.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="BenchException">One was refused, or did not end well.</exception>
    public static async Task<CrowdResult> RunAsync(Target target, byte[] request, int count, bool translated, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Patience);
        var readers = new List<Reader>();
        try
        {
            for (var i = 0; i < count; i++)
                readers.Add(new Reader(await WireConnection.ConnectAsync(target.EndPoint, deadline.Token), translated));
            await using var ended = deadline.Token.Register(() => readers.ForEach(reader => reader.Dispose()));
            var before = ProcessUse.Of(target.Process).ResidentMegabytes;
            var start = Stopwatch.GetTimestamp();
            var all = Task.WhenAll(readers.Select(reader => Task.Run(() => reader.ReadAsync(request), CancellationToken.None)));
            var peak = before;
            while (!all.IsCompleted)
            {
                peak = Math.Max(peak, ProcessUse.Of(target.Process).ResidentMegabytes);
                await Task.WhenAny(all, Task.Delay(MemoryInterval, CancellationToken.None)).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            }

            await all;
            var elapsed = Stopwatch.GetElapsedTime(start);
            await Task.Delay(Rest, cancellationToken);
            double Of(Func<StreamMarks, long> mark, double fraction) =>
                Statistics.Percentile([.. readers.Select(reader => mark(reader.Marks)).Order()], fraction) * 1000 / Stopwatch.Frequency;
            return new CrowdResult(
                elapsed,
                Of(marks => marks.First, 0.5),
                Of(marks => marks.First, 1),
                Of(marks => marks.Text, 0.5),
                Of(marks => marks.Text, 0.99),
                Of(marks => marks.Last, 0.5),
                readers.Sum(reader => Deltas - reader.Deltas),
                before,
                peak,
                ProcessUse.Of(target.Process).ResidentMegabytes,
                [.. readers.Select(reader => reader.Id).OfType<string>()]);
        }
        catch (Exception exception) when (exception is SocketException or InvalidDataException or ObjectDisposedException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new BenchException(deadline.IsCancellationRequested ? "streams did not end in time" : exception.Message);
        }
        finally
        {
            readers.ForEach(reader => reader.Dispose());
        }
    }

    private sealed class Reader(WireConnection connection, bool translated) : IDisposable
    {
        public StreamMarks Marks { get; } = translated ? StreamMarks.OfResponses() : StreamMarks.OfChat();

        public int Deltas { get; private set; }

        public string? Id { get; private set; }

        public async Task ReadAsync(byte[] request)
        {
            Marks.Begin(Stopwatch.GetTimestamp());
            var status = await connection.ExchangeAsync(request, Marks);
            if (status != 200 || Marks.Last == 0 || !connection.Body.EndsWith("data: [DONE]\n\n"u8))
                throw new InvalidDataException($"status {status}: {connection.BodyText()}");
            Deltas = connection.Body.Count(translated ? "event: response.output_text.delta\n"u8 : "\"content\":\"d"u8);
            Id = translated ? ResponseId.In(connection.Body) : null;
        }

        public void Dispose() => connection.Dispose();
    }
}
