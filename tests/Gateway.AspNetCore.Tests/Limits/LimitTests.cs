using System.Net;
using AiGateway.AspNetCore.Tests.BadInput;
using AiGateway.AspNetCore.Tests.Clients;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.AspNetCore.Tests.Keys;
using AiGateway.AspNetCore.Tests.WebSockets;
using AiGateway.Configuration;
using AiGateway.Engine;
using AiGateway.Limits;
using AiGateway.Metering;
using AiGateway.Providers;
using AiGateway.Routing;
using AiGateway.Upstream;
using Microsoft.Extensions.DependencyInjection;

namespace AiGateway.AspNetCore.Tests.Limits;

/// <summary>Limits as callers meet them.</summary>
public sealed class LimitTests
{
    private const string Ask = """{"model":"mine","messages":[{"role":"user","content":"Hello"}]}""";
    private const string Key = KeyedGateway.Good;
    private const string Other = "sk-next-0123456789abcdef";

    private readonly TestTime _time = new();

    public LimitTests() => _time.SetUtcNow(TimeProvider.System.GetUtcNow());

    [Fact]
    public async Task Headers_tell_what_is_left_and_a_429_when_to_come_back()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        upstream.Always(Chat.Reply(new ChatTurn { Text = "Hi" }).RateLimit("requests", 9999, 9998, "6ms"));
        await using var gateway = await StartAsync(upstream, new LimitOptions { RequestsPerMinute = 2, TokensPerMinute = 10_000 });

        using var first = await gateway.PostAsync("/v1/chat/completions", Ask, Key);
        Assert.Equal(("2", "1", "1m1s"), (Header(first, "x-ratelimit-limit-requests"), Header(first, "x-ratelimit-remaining-requests"), Header(first, "x-ratelimit-reset-requests")));
        Assert.Equal(("10000", "1m1s"), (Header(first, "x-ratelimit-limit-tokens"), Header(first, "x-ratelimit-reset-tokens")));
        Assert.InRange(int.Parse(Header(first, "x-ratelimit-remaining-tokens"), null), 8900, 9000);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(200, await StatusAsync(gateway, Key));

        using var refused = await gateway.PostAsync("/v1/chat/completions", Ask, Key);
        var error = await ErrorBody.ReadAsync(refused, HttpStatusCode.TooManyRequests);
        Assert.Equal(("requests", "rate_limit_exceeded", null), (error.Type, error.Code, error.Param));
        Assert.Equal(("51", "0"), (Header(refused, "Retry-After"), Header(refused, "x-ratelimit-remaining-requests")));
        Assert.Equal(200, await StatusAsync(gateway, Other));
        _time.Advance(TimeSpan.FromSeconds(50.9));
        Assert.Equal(429, await StatusAsync(gateway, Key));
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(200, await StatusAsync(gateway, Key));
        Assert.Equal(4, upstream.Requests.Count);
    }

    [Theory]
    [InlineData("tenant")]
    [InlineData("model")]
    public async Task Keys_share_the_limits_of_their_tenant_and_of_models(string scope)
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        var one = new LimitOptions { RequestsPerMinute = 2 };
        await using var gateway = await StartAsync(upstream, options: o => scope == "tenant"
            ? o with { Tenants = [new TenantOptions { Name = "t", Limits = one }] }
            : o with { Models = [o.Models[0] with { Limits = one }] });

        Assert.Equal((200, 200, 429), (await StatusAsync(gateway, Key), await StatusAsync(gateway, Other), await StatusAsync(gateway, Key)));
        using var refused = await gateway.PostAsync("/v1/chat/completions", Ask, Key);
        Assert.Contains(scope == "tenant" ? "tenant 't'" : "model 'mine'", (await ErrorBody.ReadAsync(refused, HttpStatusCode.TooManyRequests)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provider_that_is_full_is_passed_over_and_told_of_where_there_is_no_other()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        var one = new LimitOptions { RequestsPerMinute = 1 };
        await using var gateway = await StartAsync(upstream, options: o => o with
        {
            Providers = [o.Providers[0] with { Name = "a", Limits = one }, o.Providers[0] with { Name = "b", Limits = one }],
            Models =
            [
                new ModelOptions { Name = "mine", Routes = [new RouteOptions { Provider = "a" }, new RouteOptions { Provider = "b", Priority = 1 }] },
                new ModelOptions { Name = "single", Provider = "a" },
            ],
        });

        Assert.Equal((200, 200, 429), (await StatusAsync(gateway, Key), await StatusAsync(gateway, Key), await StatusAsync(gateway, Key)));
        using var refused = await gateway.PostAsync("/v1/chat/completions", Ask.Replace("mine", "single", StringComparison.Ordinal), Key);
        var error = await ErrorBody.ReadAsync(refused, HttpStatusCode.TooManyRequests);
        Assert.Equal(("requests", "61"), (error.Type, Header(refused, "Retry-After")));
        Assert.Equal(2, upstream.Requests.Count);
        _time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(200, await StatusAsync(gateway, Key));
    }

    [Fact]
    public async Task Tokens_are_settled_by_what_the_provider_counted()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        upstream.Always(Chat.Reply(new ChatTurn { Text = "Hi", Usage = new ChatUsage { Prompt = 300, Completion = 100 } }));
        await using var gateway = await StartAsync(upstream, new LimitOptions { TokensPerMinute = 1000 });

        for (var i = 0; i < 2; i++)
            Assert.Equal(200, await StatusAsync(gateway, Key));
        using var third = await gateway.PostAsync("/v1/chat/completions", Ask.Replace("\"model\"", "\"max_tokens\":300,\"model\"", StringComparison.Ordinal), Key);
        var error = await ErrorBody.ReadAsync(third, HttpStatusCode.TooManyRequests);
        Assert.Equal(("tokens", "200"), (error.Type, Header(third, "x-ratelimit-remaining-tokens")));
        using var never = await gateway.PostAsync("/v1/chat/completions", Ask.Replace("\"model\"", "\"max_tokens\":3000,\"model\"", StringComparison.Ordinal), Key);
        Assert.StartsWith("Request too large", (await ErrorBody.ReadAsync(never, HttpStatusCode.TooManyRequests)).Message, StringComparison.Ordinal);
        Assert.Equal("false", Header(never, "x-should-retry"));
        Assert.False(never.Headers.Contains("Retry-After"));
    }

    [Fact]
    public async Task A_place_is_free_again_however_its_call_ends()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream, new LimitOptions { InFlight = 1 });
        var stream = Ask.Replace("\"model\"", "\"stream\":true,\"model\"", StringComparison.Ordinal);
        upstream.Enqueue(Chat.Reply(new ChatTurn { Text = "one two three four" }).Take(2).Hang());
        var held = await gateway.PostAsync("/v1/chat/completions", stream, Key);
        await new WireReader(held).ReadUntilAsync("data: ");
        Assert.Equal(429, await StatusAsync(gateway, Key));
        held.Dispose();
        await upstream.WaitForIdleAsync();

        upstream.Enqueue(Errors.ServerError(), Chat.Reply(new ChatTurn { Text = "one two" }).Take(2).Abort(), Script.Drop());
        foreach (var body in (string[])[Ask, stream, Ask, """{"model":"mine"}""", Ask])
            Assert.NotEqual(429, await EventuallyAsync(gateway, body));
    }

    [Fact]
    public async Task Who_may_wait_waits_for_a_place()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream, new LimitOptions { InFlight = 1 }, o => o with { Limits = new AdmissionOptions { MaxWaiting = 1 } });
        var gate = new TaskCompletionSource();
        upstream.Enqueue(Chat.Reply(new ChatTurn { Text = "first" }).WaitBeforeHeaders(gate.Task));
        var first = StatusAsync(gateway, Key);
        await upstream.NextRequestAsync();
        var second = StatusAsync(gateway, Key);
        var capacity = (LocalCapacity)gateway.Services.GetRequiredService<ICapacity>();
        while (capacity.Waiting == 0)
            await Task.Yield();
        Assert.Equal(429, await StatusAsync(gateway, Key));

        gate.SetResult();

        Assert.Equal((200, 200), (await first, await second));
    }

    [Fact]
    public async Task A_limit_of_zero_lets_nobody_in()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream, new LimitOptions { RequestsPerMinute = 0 });

        using var refused = await gateway.PostAsync("/v1/chat/completions", Ask, Key);
        await ErrorBody.ReadAsync(refused, HttpStatusCode.TooManyRequests);
        Assert.Equal("false", Header(refused, "x-should-retry"));
        using var models = await gateway.SendAsync(HttpMethod.Get, "/v1/models", Key);
        Assert.Equal(HttpStatusCode.OK, models.StatusCode);
    }

    [Fact]
    public async Task Turns_over_a_socket_are_limited_too()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream, new LimitOptions { RequestsPerMinute = 1 });
        using var socket = await TurnSocket.ConnectAsync(gateway, Key);
        await socket.TurnAsync("""{"model":"mine","input":"Hello"}""");

        var refused = await socket.RefusedAsync("""{"model":"mine","input":"Hello"}""");

        Assert.Equal((429, "rate_limit_exceeded"), (refused["status"]!.GetValue<int>(), refused["error"]!["code"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData("Keys:0:Limits:RequestsPerMinute")]
    [InlineData("Tenants:0:Limits:TokensPerMinute")]
    [InlineData("Models:0:Limits:InFlight")]
    [InlineData("Keys:0:Budgets:0")]
    [InlineData("Models:0:Price")]
    public void Negative_settings_are_refused_by_name(string setting)
    {
        var options = KeyedGateway.Options with { Keys = [new KeyOptions { Id = "k", Key = Key }], Tenants = [new TenantOptions { Name = "t" }] };
        options = setting switch
        {
            "Keys:0:Limits:RequestsPerMinute" => options with { Keys = [options.Keys[0] with { Limits = new LimitOptions { RequestsPerMinute = -1 } }] },
            "Tenants:0:Limits:TokensPerMinute" => options with { Tenants = [options.Tenants[0] with { Limits = new LimitOptions { TokensPerMinute = -1 } }] },
            "Models:0:Limits:InFlight" => options with { Models = [options.Models[0] with { Limits = new LimitOptions { InFlight = -1 } }] },
            "Keys:0:Budgets:0" => options with { Keys = [options.Keys[0] with { Budgets = [new BudgetOptions { Cost = -1 }] }] },
            _ => options with { Models = [options.Models[0] with { Price = new PriceOptions { Input = -1 } }] },
        };

        var wrong = Assert.Throws<GatewayConfigurationException>(() => new GatewayConfiguration(options));

        Assert.Contains("Gateway:" + setting, wrong.Message, StringComparison.Ordinal);
        Assert.Contains("must not be negative", wrong.Message, StringComparison.Ordinal);
    }

    private async Task<TestGateway> StartAsync(ScriptedUpstream upstream, LimitOptions? limits = null, Func<GatewayOptions, GatewayOptions>? options = null)
    {
        var settings = new GatewayOptions
        {
            Providers = [new ProviderOptions { Name = "up", BaseUrl = upstream.BaseUrl, ResponseHeaders = ["x-ratelimit-*"] }],
            Models = [new ModelOptions { Name = "mine", Provider = "up" }],
            Keys = [new KeyOptions { Id = "k", Key = Key, Tenant = "t", Limits = limits ?? new LimitOptions() }, new KeyOptions { Id = "n", Key = Other, Tenant = "t" }],
        };
        return await TestGateway.StartAsync(options?.Invoke(settings) ?? settings, services => services.AddSingleton<TimeProvider>(_time));
    }

    private static async Task<int> StatusAsync(TestGateway gateway, string key, string body = Ask)
    {
        using var response = await gateway.PostAsync("/v1/chat/completions", body, key);
        await response.Content.ReadAsStringAsync();
        return (int)response.StatusCode;
    }

    // The end of the call before may come a moment behind its answer.
    private static async Task<int> EventuallyAsync(TestGateway gateway, string body)
    {
        using var late = new CancellationTokenSource(Waits.Deadline);
        while (true)
        {
            var status = await StatusAsync(gateway, Key, body);
            if (status != 429 || late.IsCancellationRequested)
                return status;
        }
    }

    private static string Header(HttpResponseMessage response, string name) => response.Headers.GetValues(name).Single();
}
