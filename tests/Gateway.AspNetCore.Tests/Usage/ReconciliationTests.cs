using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.AspNetCore.Tests.Keys;
using AiGateway.Configuration;
using AiGateway.Engine;
using AiGateway.Limits;
using AiGateway.Metering;
using AiGateway.Providers;
using AiGateway.Routing;
using AiGateway.Upstream;
using AiGateway.Usage;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;

namespace AiGateway.AspNetCore.Tests.Usage;

/// <summary>What two scripted providers count themselves, and what the gateway recorded, over calls that end in every way there is: equal.</summary>
public sealed class ReconciliationTests(ITestOutputHelper log) : IDisposable
{
    private const int Calls = 2000;
    private const int AtOnce = 16;
    private static readonly string[] Kinds = ["whole", "stream", "fails", "breaks", "leaves", "silent", "responses", "background", "refused"];

    private readonly ConcurrentDictionary<string, TaskCompletionSource> _arrived = new(StringComparer.Ordinal);
    private readonly HttpClient _impatient = new(new SocketsHttpHandler { ResponseDrainTimeout = TimeSpan.Zero, MaxResponseDrainSize = 0 });
    private readonly ConcurrentDictionary<string, (int Requests, long Input, long Output)> _counted = new(StringComparer.Ordinal);

    [Fact]
    public async Task The_providers_and_the_gateway_count_the_same()
    {
        var seed = Environment.TickCount;
        log.WriteLine($"Seed {seed}");
        await using var first = await ProviderAsync("first");
        await using var second = await ProviderAsync("second");
        await using var gateway = await TestGateway.StartAsync(new GatewayOptions
        {
            Providers =
            [
                new ProviderOptions { Name = "first", BaseUrl = first.BaseUrl, Limits = new LimitOptions { InFlight = 1000 } },
                new ProviderOptions { Name = "second", BaseUrl = second.BaseUrl },
            ],
            Models = [new ModelOptions { Name = "mine", Routes = [new RouteOptions { Provider = "first" }, new RouteOptions { Provider = "second", Priority = 1 }], Price = new PriceOptions { Input = 1, Output = 2 } }],
            Keys = [new KeyOptions { Id = "k", Key = KeyedGateway.Good, Tenant = "t", Limits = new LimitOptions { InFlight = 1000, TokensPerMinute = 100_000_000 }, Budgets = [new BudgetOptions { Tokens = 100_000_000 }] }],
        });

        var random = new Random(seed);
        var kinds = Enumerable.Range(0, Calls).Select(_ => Kinds[random.Next(Kinds.Length)]).ToArray();
        await Parallel.ForEachAsync(kinds, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (kind, _) => await CallAsync(gateway, kind));
        var records = await AllAsync(gateway, kinds.Count(kind => kind is not "refused"));

        // Each call once, each attempt once.
        Assert.Equal(kinds.Count(kind => kind is not "refused"), records.Count);
        Assert.Equal(records.Count, records.Select(r => r.Id).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(_counted.Values.Sum(c => c.Requests), records.Sum(r => r.Attempts));

        // What providers said, to the token, by provider.
        foreach (var (provider, counted) in _counted)
        {
            var said = records.Where(r => r.Provider == provider && !r.IsEstimated).ToList();
            Assert.Equal((counted.Input, counted.Output), (said.Sum(r => r.InputTokens), said.Sum(r => r.OutputTokens)));
            Assert.Equal((counted.Input + (2 * counted.Output)) / 1_000_000m, said.Sum(r => r.Cost));
        }

        // What they did not come to say, is estimated: all of it, and nothing else.
        var unsaid = kinds.Count(kind => kind is "breaks" or "leaves" or "silent");
        Assert.Equal(unsaid, records.Count(r => r.IsEstimated));
        Assert.All(records.Where(r => r.IsEstimated), r => Assert.True(r.InputTokens > 0));
        Assert.Equal(kinds.Count(kind => kind is "leaves" or "silent"), records.Count(r => r.Outcome == "client_left"));

        // And the budget, and the limits, stand where the records do.
        var capacity = gateway.Services.GetRequiredService<ICapacity>();
        var limit = new CapacityLimit("key", "k") { InFlight = 1, Budgets = [new CapacityBudget("month", 1, null)] };
        var (_, refusal) = await capacity.AcquireAsync(new CapacityDemand([limit]), default);
        Assert.Equal((CapacityKind.BudgetTokens, (decimal)records.Sum(r => r.InputTokens + r.OutputTokens)), (refusal!.Kind, refusal.Used));
        Assert.IsType<LocalCapacity>(capacity);
    }

    public void Dispose() => _impatient.Dispose();

    private async Task CallAsync(TestGateway gateway, string kind)
    {
        var stream = kind is "stream" or "breaks" or "leaves";
        using var patience = new CancellationTokenSource();
        if (kind is "responses" or "background")
        {
            using var made = await gateway.PostAsync("/v1/responses", $$"""{"model":"mine","input":"k:whole:","background":{{(kind == "background" ? "true" : "false")}}}""", KeyedGateway.Good);
            await made.Content.ReadAsStringAsync();
            Assert.True(made.IsSuccessStatusCode);
            return;
        }

        var (model, mark) = (kind == "refused" ? "other" : "mine", Guid.NewGuid().ToString("N"));
        var arrived = _arrived[mark] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway.Address, "/v1/chat/completions"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", KeyedGateway.Good);
        request.Content = new StringContent(
            $$"""{"model":"{{model}}","stream":{{(stream ? "true" : "false")}},"messages":[{"role":"user","content":"k:{{kind}}:{{mark}}"}]}""",
            Encoding.UTF8,
            "application/json");
        var sent = _impatient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
        if (kind == "silent")
        {
            await arrived.Task.WaitAsync(Waits.Deadline);
            await patience.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sent);
            return;
        }

        using var response = await sent;
        Assert.Equal(kind == "refused" ? 404 : 200, (int)response.StatusCode);
        if (kind != "leaves")
        {
            await response.Content.ReadAsStringAsync();
            return;
        }

        var body = await response.Content.ReadAsStreamAsync();
        var buffer = new byte[64];
        Assert.True(await body.ReadAsync(buffer) > 0);
    }

    // The first one fails what it is told to, before it takes it: then the second has it.
    private async Task<ScriptedUpstream> ProviderAsync(string name)
    {
        var upstream = await ScriptedUpstream.StartAsync();
        _counted[name] = default;
        upstream.Always(Script.By(request =>
        {
            var parts = request.Text[request.Text.IndexOf("k:", StringComparison.Ordinal)..].Split(':', '"');
            var (kind, mark) = (parts[1], parts[2]);
            var (input, output) = (10 + (request.Number % 7), 3 + (request.Number % 11));
            var says = kind is "whole" or "stream" || (kind == "fails" && name == "second");
            _counted.AddOrUpdate(
                name, _ => throw new InvalidOperationException(), (_, c) => (c.Requests + 1, c.Input + (says ? input : 0), c.Output + (says ? output : 0)));
            var reply = Chat.Reply(new ChatTurn { Text = "one two three four five", Usage = new ChatUsage { Prompt = input, Completion = output, Cached = 0 } });
            switch (kind)
            {
                case "fails" when name == "first":
                    return Errors.ServerError();
                case "breaks":
                    return reply.Take(3).Abort();
                case "leaves":
                    return reply.Take(3).Hang();
                case "silent":
                    _arrived[mark].TrySetResult();
                    return Script.Silent();
                default:
                    return reply;
            }
        }));
        return upstream;
    }

    private static async Task<IReadOnlyList<UsageRecord>> AllAsync(TestGateway gateway, int count)
    {
        var recorder = gateway.Services.GetRequiredService<UsageRecorder>();
        var store = gateway.Services.GetRequiredService<IUsageStore>();
        using var late = new CancellationTokenSource(Waits.Deadline);
        while (true)
        {
            await recorder.FlushAsync();
            var records = await store.ListAsync(new UsageQuery { Limit = 2 * Calls }, null, default);
            if (records.Count >= count || late.IsCancellationRequested)
                return records;
            await Task.Delay(20);
        }
    }
}
