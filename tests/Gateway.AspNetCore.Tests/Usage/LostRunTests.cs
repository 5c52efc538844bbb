using AiGateway.AspNetCore.Tests.Background;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.AspNetCore.Tests.Keys;
using AiGateway.AspNetCore.Tests.Responses;
using AiGateway.Configuration;
using AiGateway.Engine;
using AiGateway.Limits;
using AiGateway.Metering;
using AiGateway.Routing;
using AiGateway.Upstream;
using AiGateway.Usage;
using Microsoft.Extensions.DependencyInjection;

namespace AiGateway.AspNetCore.Tests.Usage;

/// <summary>What the next process records of background responses whose process was killed: its file, copied while they run, is what a kill leaves.</summary>
public sealed class LostRunTests : IDisposable
{
    private const string Key = KeyedGateway.Good;

    private readonly string _folder = Directory.CreateTempSubdirectory("aigw-lost").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_ran_is_estimated_recorded_once_and_counts_in_budgets(bool stream)
    {
        await using var upstream = await ScriptedUpstream.StartAsync();

        // What is not streamed a script gives whole, whatever it leaves out of a stream: a provider that hangs there is one that says nothing.
        upstream.Always(stream ? Chat.Text("one two three four").Take(4).Hang() : Script.Silent());
        await using var killed = await StartAsync(upstream, "a");
        var text = $$"""{"model":"mine","background":true,"stream":{{(stream ? "true" : "false")}},"input":"{{new string('x', 400)}}"}""";
        string id;
        if (stream)
        {
            var (response, events) = await killed.PostAsync("/v1/responses", text, Key).OpenAsync();
            id = System.Text.Json.Nodes.JsonNode.Parse((await events.NextAsync()).Data)!["response"]!["id"]!.GetValue<string>();
            while (!(await events.NextAsync()).Data.Contains("output_text.delta", StringComparison.Ordinal))
            {
            }

            response.Dispose();
        }
        else
        {
            id = (await killed.PostJsonAsync("/v1/responses", text, key: Key))["id"]!.GetValue<string>();
            await upstream.NextRequestAsync();
        }

        for (var start = 0; start < 2; start++)
        {
            // The second time it has ended already.
            if (start == 0)
                CopyFile("a", "b");
            await using var next = await StartAsync(upstream, "b");
            Assert.Equal("failed", (await EndedAsync(next, id)).Status());

            var record = Assert.Single(await next.Services.GetRequiredService<IUsageStore>().ListAsync(new UsageQuery(), null, default));
            Assert.Equal((id, "t", "k", "responses", "mine"), (record.Id, record.Tenant, record.KeyId, record.Api, record.Model));
            Assert.Equal((200, "failed", "server_error", true, 1, stream), (record.Status, record.Outcome, record.ErrorCode, record.IsEstimated, record.Attempts, record.IsStream));
            Assert.InRange(record.InputTokens, 95, 200);
            Assert.True(stream ? record.OutputTokens > 0 : record.OutputTokens == 0, $"{record.OutputTokens}");
            Assert.Equal((record.InputTokens + (2 * record.OutputTokens)) / 1_000_000m, record.Cost);

            var limit = new CapacityLimit("key", "k") { Budgets = [new CapacityBudget("ever", 1, null)] };
            var (_, refusal) = await next.Services.GetRequiredService<ICapacity>().AcquireAsync(new CapacityDemand([limit]), default);
            Assert.Equal(record.InputTokens + record.OutputTokens, refusal!.Used);
        }
    }

    [Fact]
    public async Task What_had_not_begun_is_run_and_recorded_by_what_its_provider_says()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        upstream.Enqueue(Script.Silent());
        await using var killed = await StartAsync(upstream, "a");
        var running = (await killed.PostJsonAsync("/v1/responses", """{"model":"mine","background":true,"input":"one"}""", key: Key))["id"]!.GetValue<string>();
        await upstream.NextRequestAsync();
        var waiting = (await killed.PostJsonAsync("/v1/responses", """{"model":"mine","background":true,"input":"two"}""", key: Key))["id"]!.GetValue<string>();
        CopyFile("a", "b");
        upstream.Always(Chat.Reply(new ChatTurn { Text = "Hi", Usage = new ChatUsage { Prompt = 30, Completion = 4 } }));

        await using var next = await StartAsync(upstream, "b");
        Assert.Equal("failed", (await EndedAsync(next, running)).Status());
        Assert.Equal("completed", (await EndedAsync(next, waiting)).Status());

        var records = (await next.Services.GetRequiredService<IUsageStore>().ListAsync(new UsageQuery(), null, default)).ToDictionary(r => r.Id, StringComparer.Ordinal);
        Assert.Equal(2, records.Count);
        Assert.True(records[running].IsEstimated);
        Assert.Equal((30, 4, false), (records[waiting].InputTokens, records[waiting].OutputTokens, records[waiting].IsEstimated));
    }

    private static async Task<System.Text.Json.Nodes.JsonObject> EndedAsync(TestGateway gateway, string id)
    {
        using var late = new CancellationTokenSource(Waits.Deadline);
        while (true)
        {
            var response = await gateway.RetrieveAsync(id, Key);
            if (response.Status() is not ("queued" or "in_progress"))
                return response;
            await Task.Delay(5, late.Token);
        }
    }

    // What is in the log may be moved into the file meanwhile: the two are one state where the log is the same before and after.
    private void CopyFile(string from, string to)
    {
        byte[] log;
        do
        {
            log = Read(from + ".db-wal");
            File.WriteAllBytes(Path.Combine(_folder, to + ".db"), Read(from + ".db"));
        }
        while (!Read(from + ".db-wal").AsSpan().SequenceEqual(log));
        File.WriteAllBytes(Path.Combine(_folder, to + ".db-wal"), log);
    }

    private byte[] Read(string name)
    {
        using var source = new FileStream(Path.Combine(_folder, name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var copy = new MemoryStream();
        source.CopyTo(copy);
        return copy.ToArray();
    }

    private Task<TestGateway> StartAsync(ScriptedUpstream upstream, string file) => TestGateway.StartAsync(new GatewayOptions
    {
        Providers = [new() { Name = "up", BaseUrl = upstream.BaseUrl }],
        Models = [new ModelOptions { Name = "mine", Provider = "up", Price = new PriceOptions { Input = 1, Output = 2 } }],
        Keys = [new KeyOptions { Id = "k", Key = Key, Tenant = "t" }],
        Responses = new ResponsesOptions { MaxRunning = 1, DrainTimeout = TimeSpan.Zero },
        Storage = new StorageOptions { Path = Path.Combine(_folder, file + ".db") },
    });
}
