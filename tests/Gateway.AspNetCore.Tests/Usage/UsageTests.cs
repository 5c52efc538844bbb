using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.Background;
using AiGateway.AspNetCore.Tests.Clients;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.AspNetCore.Tests.Keys;
using AiGateway.Configuration;
using AiGateway.Engine;
using AiGateway.Metering;
using AiGateway.Providers;
using AiGateway.Routing;
using AiGateway.Upstream;
using AiGateway.Usage;
using Microsoft.Extensions.DependencyInjection;

namespace AiGateway.AspNetCore.Tests.Usage;

/// <summary>What calls used, as the admin API tells it; and budgets.</summary>
public sealed class UsageTests : IDisposable
{
    private const string Ask = """{"model":"mine","messages":[{"role":"user","content":"Hello"}]}""";
    private const string Key = KeyedGateway.Good;

    private readonly string _folder = Directory.CreateTempSubdirectory("aigw-usage").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_call_is_recorded_with_all_that_is_known_of_it()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        upstream.Always(Chat.Reply(new ChatTurn { Text = "Hi", Usage = new ChatUsage { Prompt = 1000, Completion = 200 } }));
        await using var gateway = await StartAsync(upstream);
        using var response = await gateway.PostAsync("/v1/chat/completions", Ask, Key);
        await response.Content.ReadAsStringAsync();

        var record = Assert.Single(await RecordsAsync(gateway));

        Assert.Equal(response.Headers.GetValues("x-request-id").Single(), record.Id);
        Assert.Equal(("t", "k", "chat", "mine", "up", "theirs"), (record.Tenant, record.KeyId, record.Api, record.Model, record.Provider, record.ProviderModel));
        Assert.Equal((200, "completed", 1000, 200, false, 1), (record.Status, record.Outcome, record.InputTokens, record.OutputTokens, record.IsEstimated, record.Attempts));
        Assert.Equal(((1000 - record.CachedTokens) * 2m + record.CachedTokens * 0.5m + 200 * 8m) / 1_000_000m, record.Cost);
    }

    [Fact]
    public async Task Refused_calls_leave_no_record_and_failed_ones_do()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        upstream.Enqueue(Errors.ServerError());
        await using var gateway = await StartAsync(upstream);
        Assert.Equal(500, await gateway.StatusAsync(Key, Ask));
        Assert.Equal(404, await gateway.StatusAsync(Key, Ask.Replace("mine", "none", StringComparison.Ordinal)));
        Assert.Equal(401, await gateway.StatusAsync("sk-wrong-0123456789abcdef", Ask));

        var record = Assert.Single(await RecordsAsync(gateway));

        Assert.Equal((500, "failed", 0), (record.Status, record.Outcome, record.InputTokens));
    }

    [Fact]
    public async Task A_client_that_leaves_is_recorded_as_such()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        upstream.Always(Chat.Reply(new ChatTurn { Text = "one two three four" }).Take(3).Hang());
        await using var gateway = await StartAsync(upstream);
        var response = await gateway.PostAsync("/v1/chat/completions", Ask.Replace("\"model\"", "\"stream\":true,\"model\"", StringComparison.Ordinal), Key);
        await new WireReader(response).ReadUntilAsync("one");
        response.Dispose();
        await upstream.WaitForIdleAsync();

        var records = await RecordsAsync(gateway);
        while (records.Count == 0)
            records = await RecordsAsync(gateway);

        Assert.Equal(("client_left", true), (records[0].Outcome, records[0].IsEstimated));
        Assert.True(records[0] is { InputTokens: > 0, OutputTokens: > 0, IsStream: true, FirstTokenMs: not null });
    }

    [Fact]
    public async Task A_background_response_is_recorded_under_its_own_id_with_its_end()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream);
        var made = await gateway.PostJsonAsync("/v1/responses", """{"model":"mine","input":"Hello","background":true}""", key: Key);
        var id = made["id"]!.GetValue<string>();
        while ((await gateway.RetrieveAsync(id, Key))["status"]!.GetValue<string>() != "completed")
            await Task.Yield();

        // Without a flush of the recorder: it was one transaction.
        var record = Assert.Single(await gateway.Services.GetRequiredService<IUsageStore>().ListAsync(new UsageQuery(), null, default));
        Assert.Equal((id, "k", "t", "completed", false), (record.Id, record.KeyId, record.Tenant, record.Outcome, record.IsEstimated));
        Assert.True(record.InputTokens > 0);
        Assert.Single(await RecordsAsync(gateway));
    }

    [Fact]
    public async Task A_cancelled_background_response_is_estimated()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        upstream.Always(Script.Silent());
        await using var gateway = await StartAsync(upstream);
        var made = await gateway.PostJsonAsync("/v1/responses", """{"model":"mine","input":"Hello","background":true}""", key: Key);
        await upstream.NextRequestAsync();

        await gateway.CancelAsync(made["id"]!.GetValue<string>(), Key);

        var record = Assert.Single(await RecordsAsync(gateway));
        Assert.Equal((made["id"]!.GetValue<string>(), "cancelled", true), (record.Id, record.Outcome, record.IsEstimated));
    }

    [Fact]
    public async Task Usage_outlives_a_stop_whole_and_is_summed_and_exported()
    {
        var storage = new StorageOptions { Path = Path.Combine(_folder, "u.db") };
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using (var gateway = await StartAsync(upstream, o => o with { Storage = storage }))
        {
            await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => gateway.StatusAsync(Key, Ask)));
        }

        await using var next = await StartAsync(upstream, o => o with { Storage = storage });
        var sum = (await next.AdminAsync("GET", "/usage?group_by=tenant,model,day&key=k"))["data"]!.AsArray().Single()!;
        Assert.Equal(("t", "mine", 50), (sum["tenant"]!.GetValue<string>(), sum["model"]!.GetValue<string>(), sum["requests"]!.GetValue<int>()));
        Assert.True(sum["cost"]!.GetValue<decimal>() > 0);

        var all = await CsvAsync(next, "/admin/usage?format=csv");
        Assert.Equal(51, all.Count);
        Assert.StartsWith("id,tenant,key,api,model", all[0], StringComparison.Ordinal);
        var grouped = await CsvAsync(next, "/admin/usage?group_by=provider", accept: true);
        Assert.StartsWith("up,50,0,", grouped[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cell_is_no_formula()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream, o => o with { Models = [new ModelOptions { Name = "*", Provider = "up" }] });
        await gateway.StatusAsync(Key, Ask.Replace("mine", "=1+1,\\\"x", StringComparison.Ordinal));

        Assert.Contains("\"'=1+1,\"\"x\"", (await CsvAsync(gateway, "/admin/usage?format=csv"))[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("group_by=nothing", "group_by")]
    [InlineData("group_by=model,model", "group_by")]
    [InlineData("from=yesterday", "from")]
    [InlineData("limit=0", "limit")]
    [InlineData("format=xml", "format")]
    [InlineData("tenent=x", "tenent")]
    public async Task Wrong_queries_are_named(string query, string param)
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream);

        Assert.Equal(param, (await gateway.AdminAsync("GET", "/usage?" + query, expected: 400))["error"]!["param"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_budget_that_is_used_up_is_told_in_OpenAIs_words_also_after_a_restart()
    {
        var storage = new StorageOptions { Path = Path.Combine(_folder, "b.db") };
        await using var upstream = await ScriptedUpstream.StartAsync();
        upstream.Always(Chat.Reply(new ChatTurn { Text = "Hi", Usage = new ChatUsage { Prompt = 60, Completion = 0 } }));
        GatewayOptions Budget(GatewayOptions o) => o with { Storage = storage, Keys = [o.Keys[0] with { Budgets = [new BudgetOptions { Per = "ever", Tokens = 100 }] }] };
        await using (var gateway = await StartAsync(upstream, Budget))
        {
            Assert.Equal((200, 200), (await gateway.StatusAsync(Key, Ask), await gateway.StatusAsync(Key, Ask)));
            var error = await gateway.PostJsonAsync("/v1/chat/completions", Ask, System.Net.HttpStatusCode.TooManyRequests, Key);
            Assert.Equal(("insufficient_quota", "insufficient_quota"), (error["error"]!["type"]!.GetValue<string>(), error["error"]!["code"]!.GetValue<string>()));
        }

        await using var next = await StartAsync(upstream, Budget);
        using var refused = await next.PostAsync("/v1/chat/completions", Ask, Key);
        Assert.Equal((429, "false"), ((int)refused.StatusCode, refused.Headers.GetValues("x-should-retry").Single()));
    }

    [Fact]
    public async Task A_stream_in_which_a_budget_ends_goes_on_to_its_end()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        upstream.Always(Chat.Reply(new ChatTurn { Text = string.Concat(Enumerable.Repeat("word ", 200)), UsagePlace = UsagePlace.OwnChunkAlways, Usage = new ChatUsage { Prompt = 5, Completion = 200 } }));
        await using var gateway = await StartAsync(upstream, o => o with { Keys = [o.Keys[0] with { Budgets = [new BudgetOptions { Per = "day", Tokens = 50 }] }] });
        var stream = Ask.Replace("\"model\"", "\"stream\":true,\"model\"", StringComparison.Ordinal);

        Assert.Equal("[DONE]", (await gateway.PostStreamAsync("/v1/chat/completions", stream, Key))[^1].Data);

        using var late = new CancellationTokenSource(Waits.Deadline);
        while (await gateway.StatusAsync(Key, Ask) != 429)
            late.Token.ThrowIfCancellationRequested();
    }

    private static Task<TestGateway> StartAsync(ScriptedUpstream upstream, Func<GatewayOptions, GatewayOptions>? options = null)
    {
        var settings = new GatewayOptions
        {
            Providers = [new ProviderOptions { Name = "up", BaseUrl = upstream.BaseUrl }],
            Models = [new ModelOptions { Name = "mine", Provider = "up", RewriteTo = "theirs", Price = new PriceOptions { Input = 2, CachedInput = 0.5m, Output = 8 } }],
            Keys = [new KeyOptions { Id = "k", Key = Key, Tenant = "t" }],
            Admin = new AdminOptions { Key = KeyedGateway.AdminKey },
        };
        return TestGateway.StartAsync(options?.Invoke(settings) ?? settings);
    }

    private static async Task<IReadOnlyList<UsageRecord>> RecordsAsync(TestGateway gateway)
    {
        await gateway.Services.GetRequiredService<UsageRecorder>().FlushAsync();
        return await gateway.Services.GetRequiredService<IUsageStore>().ListAsync(new UsageQuery(), null, default);
    }

    private static async Task<List<string>> CsvAsync(TestGateway gateway, string path, bool accept = false)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", KeyedGateway.AdminKey);
        if (accept)
            request.Headers.Accept.ParseAdd("text/csv");
        using var response = await gateway.Client.SendAsync(request);
        Assert.Equal("text/csv", response.Content.Headers.ContentType?.MediaType);
        return [.. (await response.Content.ReadAsStringAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries)];
    }
}
