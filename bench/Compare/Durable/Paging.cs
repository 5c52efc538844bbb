using System.Diagnostics;
using System.Text.Json;
using AiGateway.Bench.Compare.Load;
using AiGateway.Bench.Compare.Wire;

namespace AiGateway.Bench.Compare.Durable;

/// <summary>Reads a list to its end, page by page.</summary>
internal static class Paging
{
    /// <summary>Reads it.</summary>
    /// <param name="target">Whom to ask.</param>
    /// <param name="path">The first page; it has a query already.</param>
    /// <param name="least">How many entries there must be.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <returns>How long the pages took; null where there is no such list.</returns>
    /// <exception cref="BenchException">There were fewer entries, or one twice.</exception>
    public static async Task<BatchResult?> ReadAsync(Target target, string path, int least, CancellationToken cancellationToken)
    {
        using var connection = await WireConnection.ConnectAsync(target.EndPoint, cancellationToken);
        await using var ended = cancellationToken.Register(connection.Dispose);
        var samples = new List<long>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        long inAll = 0;
        for (string? after = null, next = path; next is not null; next = after is null ? null : $"{path}&after={after}")
        {
            var request = RequestBytes.Get(target.EndPoint, next);
            var start = Stopwatch.GetTimestamp();
            var status = await connection.ExchangeAsync(request);
            samples.Add(Stopwatch.GetTimestamp() - start);
            inAll += samples[^1];
            if (status is 404 or 405 && ids.Count == 0)
                return null;
            if (status != 200)
                throw new BenchException($"{next}: status {status}: {connection.BodyText()}");
            using var page = JsonDocument.Parse(connection.Body.ToArray());
            foreach (var entry in page.RootElement.GetProperty("data").EnumerateArray())
            {
                if (!ids.Add(entry.GetProperty("id").GetString()!))
                    throw new BenchException($"{next}: {entry.GetProperty("id")} is listed twice");
            }

            after = page.RootElement.GetProperty("has_more").GetBoolean() ? page.RootElement.GetProperty("last_id").GetString() : null;
        }

        return ids.Count >= least
            ? new BatchResult(samples.Count, Stopwatch.GetElapsedTime(0, inAll), [.. samples.Order()])
            : throw new BenchException($"{path}: {ids.Count} entries instead of {least}");
    }
}
