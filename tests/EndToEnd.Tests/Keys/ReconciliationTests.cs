using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using AiGateway.EndToEnd.Tests.Durability;
using AiGateway.EndToEnd.Tests.Processes;
using Xunit.Abstractions;

namespace AiGateway.EndToEnd.Tests.Keys;

/// <summary>
/// What providers count and what the gateway recorded, over a process that is killed again and again: the same for each call, but for those that ended in the
/// last second before a kill, of which it says that it may lose them.
/// </summary>
public sealed class ReconciliationTests(ITestOutputHelper log) : IDisposable
{
    private const int Kills = 4;
    private const int Workers = 12;
    private const int CallsInARound = 500;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly string[] Kinds = ["whole", "stream", "fails", "begins badly", "is cut", "breaks", "leaves", "slow", "background", "background slow"];

    private readonly HttpClient _http = new(new SocketsHttpHandler { ResponseDrainTimeout = TimeSpan.Zero, MaxResponseDrainSize = 0 });
    private readonly ProviderLedger _ledger = new();
    private readonly ConcurrentDictionary<string, Told> _told = new(StringComparer.Ordinal);
    private readonly List<long> _kills = [];
    private int _made;

    public void Dispose() => _http.Dispose();

    [LinuxFact]
    public async Task Providers_and_records_agree_over_kills()
    {
        var seed = Environment.TickCount;
        log.WriteLine($"Seed {seed}");
        await using var first = await _ledger.PlayAsync("first");
        await using var second = await _ledger.PlayAsync("second");
        await using var gateway = await GatewayProcess.StartAsync(new
        {
            Providers = new[] { new { Name = "first", first.BaseUrl }, new { Name = "second", second.BaseUrl } },
            Models = new[] { new { Name = "mine", Routes = new[] { new { Provider = "first", Priority = 0 }, new { Provider = "second", Priority = 1 } }, Price = new { Input = 1, Output = 2 } } },
            Keys = new[] { new { Id = "key", KeyedProcess.Key, Tenant = "team", Budgets = new[] { new { Per = "ever", Tokens = 1_000_000_000 } } } },
            Admin = new { Key = KeyedProcess.AdminKey },
        });
        for (var round = 0; round <= Kills; round++)
        {
            var random = new Random(seed + round);
            var (kill, began) = (round < Kills, Stopwatch.GetTimestamp());
            using var over = new CancellationTokenSource();
            var last = _made + CallsInARound + random.Next(CallsInARound / 2);
            var workers = Enumerable.Range(0, Workers).Select(i => WorkAsync(gateway, round, new Random(seed + (100 * round) + i), over.Token)).ToArray();

            // Some have to be older than what a kill may cost.
            while (Volatile.Read(ref _made) < last || Stopwatch.GetElapsedTime(began) < 1.5 * Bound)
                await Task.WhenAny(Task.Delay(5), Task.WhenAll(workers));
            if (kill)
            {
                gateway.Kill();
                _kills.Add(Stopwatch.GetTimestamp());
            }

            await over.CancelAsync();
            await Task.WhenAll(workers);
            if (kill)
                await gateway.RestartAsync();
        }

        await RunsEndedAsync(gateway);
        var records = await RecordsAsync(gateway);
        await ReconcileAsync(gateway, records);
    }

    // Why each call may have no record: it did not end, or not a second before its process was killed. A background response always has one.
    private async Task ReconcileAsync(GatewayProcess gateway, List<Record> records)
    {
        Assert.Equal(records.Count, records.Select(r => r.Id).Distinct(StringComparer.Ordinal).Count());
        var requestOf = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var told in _told.Values.Where(t => t.ResponseId is not null))
            requestOf[told.ResponseId!] = told.RequestId;
        var requestOfMark = _ledger.Calls.ToDictionary(c => c.Value.First().Mark, c => c.Key, StringComparer.Ordinal);
        var (recorded, ours, lost) = (new HashSet<string>(StringComparer.Ordinal), default(Sum), default(Sum));
        foreach (var record in records)
        {
            var request = record.Id;
            if (record.Id.StartsWith("resp_", StringComparison.Ordinal) && !requestOf.TryGetValue(record.Id, out request!))
            {
                // Its client was not told of it any more.
                var mark = (await SendAsync(gateway, HttpMethod.Get, "/v1/responses/" + record.Id, KeyedProcess.Key))["metadata"]!["mark"]!.GetValue<string>();
                if (!requestOfMark.TryGetValue(mark, out request!))
                    continue;
            }

            Assert.True(recorded.Add(request), $"{request} is recorded twice.");
            if (!_ledger.Calls.TryGetValue(request, out var entries))
            {
                Assert.True(record.IsEstimated, $"{record} was asked of no provider.");
                continue;
            }

            var last = entries.Last();
            if (record is { IsEstimated: true, Outcome: "failed", Id: ['r', 'e', 's', 'p', ..] })
            {
                // Its process was killed while it ran: what the provider told was not heard.
                lost = lost.Add(last);
                continue;
            }

            Assert.Equal((entries.Count, last.Provider), (record.Attempts, record.Provider));
            Assert.Equal(last.Input is null, record.IsEstimated);
            if (last.Input is not null)
                Assert.Equal((last.Input, last.Output), (record.Input, record.Output));
            ours = ours.Add(last);
        }

        foreach (var (request, entries) in _ledger.Calls.Where(c => !recorded.Contains(c.Key)))
        {
            if (_told.TryGetValue(request, out var told))
            {
                Assert.True(told.ResponseId is null, $"The background response {told.ResponseId} has no record.");
                Assert.True(told.Round < Kills && Stopwatch.GetElapsedTime(told.EndedAt, _kills[told.Round]) < Bound, $"{request} ended long enough before the kill, and has no record.");
            }

            lost = lost.Add(entries.Last());
        }

        Assert.DoesNotContain(_told.Values, told => !recorded.Contains(told.RequestId) && !_ledger.Calls.ContainsKey(told.RequestId));
        var theirs = _ledger.Calls.Values.SelectMany(c => c).Aggregate(default(Sum), (sum, entry) => sum.Add(entry));
        Assert.Equal(theirs.Input, ours.Input + lost.Input);
        Assert.Equal(theirs.Output, ours.Output + lost.Output);
        Assert.Equal(ours.Input, records.Where(r => !r.IsEstimated).Sum(r => r.Input));
        Assert.Equal(ours.Output, records.Where(r => !r.IsEstimated).Sum(r => r.Output));
        log.WriteLine($"{_made} calls, {_ledger.Calls.Count} asked, {records.Count} recorded, {theirs} told, {lost} lost to {Kills} kills.");
        Assert.InRange(records.Count, _made / 2, _made);
    }

    private async Task WorkAsync(GatewayProcess gateway, int round, Random random, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            var (kind, mark) = (Kinds[random.Next(Kinds.Length)], Guid.NewGuid().ToString("N"));
            try
            {
                var told = kind.StartsWith("background", StringComparison.Ordinal) ? await CreateAsync(gateway, round, kind, mark) : await AskAsync(gateway, round, kind, mark);
                _told[told.RequestId] = told;
                Interlocked.Increment(ref _made);
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                if (round == Kills)
                    throw;

                // Killed.
                return;
            }
        }
    }

    private async Task<Told> AskAsync(GatewayProcess gateway, int round, string kind, string mark)
    {
        var stream = kind is "stream" or "begins badly" or "breaks" or "leaves";
        using var request = Request(gateway, "/v1/chat/completions", new JsonObject
        {
            ["model"] = "mine",
            ["stream"] = stream,
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = ProviderLedger.Text(kind, mark) }),
        });
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.True(response.IsSuccessStatusCode, $"{kind}: {response.StatusCode}");
        if (kind == "leaves")
            _ = await (await response.Content.ReadAsStreamAsync()).ReadAsync(new byte[64]);
        else
            await response.Content.ReadAsStringAsync();
        return new Told(RequestId(response), null, round, Stopwatch.GetTimestamp());
    }

    private async Task<Told> CreateAsync(GatewayProcess gateway, int round, string kind, string mark)
    {
        using var request = Request(gateway, "/v1/responses", new JsonObject
        {
            ["model"] = "mine",
            ["background"] = true,
            ["metadata"] = new JsonObject { ["mark"] = mark },
            ["input"] = ProviderLedger.Text(kind == "background" ? "whole" : "slow", mark),
        });
        using var response = await _http.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, body);
        return new Told(RequestId(response), JsonNode.Parse(body)!["id"]!.GetValue<string>(), round, Stopwatch.GetTimestamp());
    }

    private async Task RunsEndedAsync(GatewayProcess gateway)
    {
        using var late = new CancellationTokenSource(Patience);
        foreach (var told in _told.Values.Where(t => t.ResponseId is not null && t.Round >= Kills - 1))
        {
            while ((await SendAsync(gateway, HttpMethod.Get, "/v1/responses/" + told.ResponseId, KeyedProcess.Key))["status"]!.GetValue<string>() is "queued" or "in_progress")
                await Task.Delay(20, late.Token);
        }
    }

    // Calls that were left end by themselves.
    private async Task<List<Record>> RecordsAsync(GatewayProcess gateway)
    {
        using var late = new CancellationTokenSource(Patience);
        while (true)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(gateway.Address, "/admin/usage?format=csv&key=key"));
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", KeyedProcess.AdminKey);
            using var response = await _http.SendAsync(request);
            response.EnsureSuccessStatusCode();
            List<Record> records = [.. (await response.Content.ReadAsStringAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(Record.Read)];
            var ids = records.Select(r => r.Id).ToHashSet(StringComparer.Ordinal);
            if (late.IsCancellationRequested || _told.Values.Where(t => t.Round == Kills).All(t => ids.Contains(t.ResponseId ?? t.RequestId)))
                return records;
            await Task.Delay(20);
        }
    }

    private async Task<JsonNode> SendAsync(GatewayProcess gateway, HttpMethod method, string path, string key)
    {
        using var request = new HttpRequestMessage(method, new Uri(gateway.Address, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var response = await _http.SendAsync(request);
        response.EnsureSuccessStatusCode();
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }

    private static HttpRequestMessage Request(GatewayProcess gateway, string path, JsonObject body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway.Address, path)) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", KeyedProcess.Key);
        return request;
    }

    private static string RequestId(HttpResponseMessage response) => response.Headers.GetValues("x-request-id").Single();

    /// <summary>A call that its client had whole, or left by itself.</summary>
    private sealed record Told(string RequestId, string? ResponseId, int Round, long EndedAt);

    /// <summary>Some columns of a record.</summary>
    private sealed record Record(string Id, string Provider, string Outcome, long Input, long Output, bool IsEstimated, int Attempts)
    {
        public static Record Read(string line)
        {
            var cells = line.Split(',');
            return new Record(cells[0], cells[5], cells[11], Number(13), Number(15), cells[17] == "true", (int)Number(19));

            long Number(int column) => long.Parse(cells[column], CultureInfo.InvariantCulture);
        }
    }

    private readonly record struct Sum(long Input, long Output)
    {
        public Sum Add(ProviderLedger.Entry entry) => new(Input + (entry.Input ?? 0), Output + (entry.Output ?? 0));
    }
}
