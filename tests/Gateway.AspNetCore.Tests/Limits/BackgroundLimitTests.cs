using System.Net;
using AiGateway.AspNetCore.Tests.Background;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.AspNetCore.Tests.Hooks;
using AiGateway.AspNetCore.Tests.Keys;
using AiGateway.AspNetCore.Tests.Responses;
using AiGateway.Configuration;
using AiGateway.Hooks;
using AiGateway.Metering;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.Limits;

/// <summary>A background response's run is held to the limits and budgets of its key, whoever vouched for that, and of its tenant.</summary>
public sealed class BackgroundLimitTests
{
    private const string Request = """{"model":"mine","input":"Hello","background":true,"max_output_tokens":40}""";
    private const string Ask = """{"model":"mine","messages":[{"role":"user","content":"Hello"}]}""";

    [Theory]
    [InlineData("hook")]
    [InlineData("tenant")]
    [InlineData("key")]
    public async Task A_run_holds_a_place(string whose)
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        var gate = new TaskCompletionSource();
        upstream.Enqueue(Chat.Text("First.").WaitBeforeHeaders(gate.Task));
        await using var gateway = await StartAsync(upstream, whose, new LimitOptions { InFlight = 1 }, []);
        var made = await CreateAsync(gateway);
        await upstream.NextRequestAsync();

        Assert.Equal(429, await gateway.StatusAsync(KeyedGateway.Good, Ask));
        gate.SetResult();

        Assert.Equal("completed", (await EndedAsync(gateway, made)).Status());
        using var late = new CancellationTokenSource(Waits.Deadline);
        while (await gateway.StatusAsync(KeyedGateway.Good, Ask) == 429)
            await Task.Delay(5, late.Token);
    }

    // Nor, where it is followed, does its client's connection hold the place that the run waits for.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_create_needs_no_place_and_its_run_waits_for_one(bool stream)
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        var gate = new TaskCompletionSource();
        upstream.Enqueue(Chat.Text("First.").WaitBeforeHeaders(gate.Task), Chat.Text("Second."), Chat.Text("Third."));
        await using var gateway = await StartAsync(upstream, "key", new LimitOptions { InFlight = 1, RequestsPerMinute = 3 }, [], maxRunning: 5);
        var first = await CreateAsync(gateway);
        await upstream.NextRequestAsync();

        string second;
        if (stream)
        {
            // Held open to the test's end: it follows the run.
            var (_, events) = await gateway.PostAsync("/v1/responses", Request.Replace("\"background\"", "\"stream\":true,\"background\"", StringComparison.Ordinal), KeyedGateway.Good).OpenAsync();
            second = System.Text.Json.Nodes.JsonNode.Parse((await events.NextAsync()).Data)!["response"]!["id"]!.GetValue<string>();
        }
        else
        {
            second = await CreateAsync(gateway);
        }

        var third = await CreateAsync(gateway);
        Assert.Equal(429, await gateway.StatusAsync(KeyedGateway.Good, Ask));
        Assert.Single(upstream.Requests);
        gate.SetResult();

        foreach (var id in (string[])[first, second, third])
            Assert.Equal("completed", (await EndedAsync(gateway, id)).Status());

        // Each was a request.
        await gateway.PostJsonAsync("/v1/responses", Request, HttpStatusCode.TooManyRequests, KeyedGateway.Good);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task What_says_otherwise_besides_takes_a_place(bool first, bool second)
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        upstream.Enqueue(Script.Silent());
        await using var gateway = await StartAsync(upstream, "key", new LimitOptions { InFlight = 1 }, []);
        await CreateAsync(gateway);
        await upstream.NextRequestAsync();

        var twice = $$"""{"model":"mine","input":"Hello","background":{{(first ? "true" : "false")}},"background":{{(second ? "true" : "false")}}}""";
        await gateway.PostJsonAsync("/v1/responses", twice, HttpStatusCode.TooManyRequests, KeyedGateway.Good);
    }

    [Theory]
    [InlineData("hook")]
    [InlineData("tenant")]
    [InlineData("key")]
    public async Task A_run_of_which_the_budget_is_used_up_does_not_begin(string whose)
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        var gate = new TaskCompletionSource();
        upstream.Always(Chat.Reply(new ChatTurn { Text = "Much.", Usage = new ChatUsage { Prompt = 5, Completion = 95 } }).WaitBeforeHeaders(gate.Task));
        await using var gateway = await StartAsync(upstream, whose, new LimitOptions(), [new BudgetOptions { Per = "ever", Tokens = 100 }]);
        var first = await CreateAsync(gateway);
        await upstream.NextRequestAsync();
        var second = await CreateAsync(gateway);
        gate.SetResult();

        Assert.Equal("completed", (await EndedAsync(gateway, first)).Status());
        var refused = await EndedAsync(gateway, second);
        Assert.Equal(("failed", "rate_limit_exceeded"), (refused.Status(), refused["error"]!["code"]!.GetValue<string>()));
        Assert.Contains("the budget of", refused["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Single(upstream.Requests);
    }

    private static Task<TestGateway> StartAsync(ScriptedUpstream upstream, string whose, LimitOptions limits, BudgetOptions[] budgets, int maxRunning = 1)
    {
        var options = new GatewayOptions
        {
            Responses = new ResponsesOptions { MaxRunning = maxRunning },
            Providers = [new() { Name = "up", BaseUrl = upstream.BaseUrl }],
            Models = [new() { Name = "mine", Provider = "up" }],
            Keys = whose == "hook" ? [] : [new KeyOptions { Id = "k", Key = KeyedGateway.Good, Tenant = "t", Limits = whose == "key" ? limits : new(), Budgets = whose == "key" ? budgets : [] }],
            Tenants = whose == "tenant" ? [new TenantOptions { Name = "t", Limits = limits, Budgets = budgets }] : [],
        };
        return TestGateway.StartAsync(options, hooks: whose == "hook" ? [new Recorder { Authenticate = _ => AuthenticationResult.Allow("t", "ext", limits: limits, budgets: budgets) }] : []);
    }

    private static async Task<string> CreateAsync(TestGateway gateway) => (await gateway.PostJsonAsync("/v1/responses", Request, key: KeyedGateway.Good))["id"]!.GetValue<string>();

    private static async Task<System.Text.Json.Nodes.JsonObject> EndedAsync(TestGateway gateway, string id)
    {
        using var late = new CancellationTokenSource(Waits.Deadline);
        while (true)
        {
            var response = await gateway.RetrieveAsync(id, KeyedGateway.Good);
            if (response.Status() is not ("queued" or "in_progress"))
                return response;
            await Task.Delay(5, late.Token);
        }
    }
}
