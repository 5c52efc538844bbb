using System.Net;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Configuration;
using AiGateway.Providers;
using AiGateway.Routing;
using AiGateway.Upstream;
using Microsoft.Extensions.DependencyInjection;

namespace AiGateway.AspNetCore.Tests.Routing;

/// <summary>What one process finds out of a provider, the others go by; what they see for themselves counts before it.</summary>
public sealed class SharedHealthTests : IAsyncLifetime
{
    private const string Chat = """{"model":"m","messages":[{"role":"user","content":"Hi"}]}""";

    private readonly TestTime _time = new();
    private readonly Air _air = new();
    private readonly List<TestGateway> _nodes = [];
    private ScriptedUpstream _a = null!;
    private ScriptedUpstream _b = null!;

    public async Task InitializeAsync() => (_a, _b) = (await ScriptedUpstream.StartAsync(), await ScriptedUpstream.StartAsync());

    public async Task DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();
        await _a.DisposeAsync();
        await _b.DisposeAsync();
    }

    [Fact]
    public async Task A_breaker_that_opens_anywhere_turns_the_others_calls_elsewhere_until_one_tries()
    {
        var (one, other) = (await StartAsync(), await StartAsync());
        _a.Enqueue(Errors.ServerError(), Errors.ServerError());
        await AskAsync(one, 2);
        Assert.Equal((false, "closed", true), (Health(other).IsUp, Health(other).Breaker, Health(other).IsHeardDown));
        await AskAsync(other, 3);
        Assert.Equal((2, 5), (_a.Requests.Count, _b.Requests.Count));

        // One call tries; the others stay away while it does.
        _time.Advance(TimeSpan.FromSeconds(16));
        var gate = new TaskCompletionSource();
        _a.Enqueue(AiGateway.Upstream.Chat.Text("Back.").WaitBeforeHeaders(gate.Task));
        var probe = other.PostJsonAsync("/v1/chat/completions", Chat);
        await _a.WaitUntilAsync(a => a.Requests.Count == 3);
        await AskAsync(other, 2);
        Assert.Equal((3, 7), (_a.Requests.Count, _b.Requests.Count));

        gate.SetResult();
        Assert.Contains("Back.", (await probe).ToJsonString(), StringComparison.Ordinal);
        await AskAsync(other, 2);
        Assert.Equal((5, 7), (_a.Requests.Count, _b.Requests.Count));
    }

    [Fact]
    public async Task A_try_that_fails_has_the_others_wait_for_as_long_again_and_one_that_is_answered_is_told()
    {
        var nodes = (One: await StartAsync(), Two: await StartAsync(), Three: await StartAsync());
        _a.Enqueue(Errors.ServerError(), Errors.ServerError(), Errors.ServerError());
        await AskAsync(nodes.One, 2);
        _time.Advance(TimeSpan.FromSeconds(16));
        await AskAsync(nodes.Two, 3);
        Assert.Equal((3, 5, true), (_a.Requests.Count, _b.Requests.Count, Health(nodes.Two).IsHeardDown));

        // The third has heard of the first only, and tries.
        await AskAsync(nodes.Three, 1);
        Assert.Equal(4, _a.Requests.Count);
        Assert.False(Health(nodes.Two).IsHeardDown);
        await AskAsync(nodes.Two, 1);
        Assert.Equal(5, _a.Requests.Count);
    }

    [Fact]
    public async Task Where_nobody_else_is_left_what_was_heard_keeps_nobody_from_trying()
    {
        var (one, other) = (await StartAsync(), await StartAsync());
        _a.Enqueue(Errors.ServerError(), Errors.ServerError());
        await AskAsync(one, 2);
        _b.Always(Errors.ServerError());

        await AskAsync(other, 1);

        Assert.Equal(3, _a.Requests.Count);
        Assert.True(Health(other).IsHeardDown);
    }

    [Fact]
    public async Task Of_a_provider_at_another_address_nothing_is_heard()
    {
        var (one, other) = (await StartAsync(), await StartAsync(a => a with { BaseUrl = _a.WithPath("/new/v1") }));
        _a.Enqueue(Errors.ServerError(), Errors.ServerError());

        await AskAsync(one, 2);

        Assert.Equal((false, true), (Health(one).IsUp, Health(other).IsUp));
    }

    [Fact]
    public async Task Failed_checks_are_told_and_passed_ones_have_the_others_check_at_once()
    {
        var isDown = true;
        _a.When(request => request.Is("/models") && Volatile.Read(ref isDown), Errors.ServerError());
        var check = new HealthCheckOptions { Interval = TimeSpan.FromSeconds(30), UnhealthyAfter = 1 };
        var listener = await StartAsync();
        Assert.True(Health(listener).IsUp);
        var other = await StartAsync(a => a with { HealthCheck = check with { Interval = TimeSpan.FromHours(1) } });
        var one = await StartAsync(a => a with { HealthCheck = check });
        await Eventually.TrueAsync(() => Health(one).IsCheckedDown && Health(other).IsCheckedDown, "Not both know that it is down.");
        Assert.Equal((true, false), (Health(listener).IsHeardDown, Health(listener).IsCheckedDown));
        await AskAsync(listener, 1);
        Assert.Single(_b.Requests);

        Volatile.Write(ref isDown, false);
        await _a.WaitForIdleAsync();
        await Eventually.TrueAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(31));
                return !Health(one).IsCheckedDown;
            },
            "The one that checks does not find it well.");
        await Eventually.TrueAsync(() => !Health(other).IsCheckedDown && Health(listener).IsUp, "Not all know that it is back.");
    }

    private static ProviderHealth Health(TestGateway node) => node.Services.GetRequiredService<ModelRegistry>().Health()[0];

    private static async Task AskAsync(TestGateway node, int times)
    {
        for (var i = 0; i < times; i++)
            await node.PostJsonAsync("/v1/chat/completions", Chat, HttpStatusCode.OK);
    }

    private async Task<TestGateway> StartAsync(Func<ProviderOptions, ProviderOptions>? a = null)
    {
        var first = new ProviderOptions { Name = "a", BaseUrl = _a.BaseUrl, Breaker = new BreakerOptions { MinimumCalls = 2, FailureRatio = 0.5, BreakDuration = TimeSpan.FromSeconds(15) } };
        var options = new GatewayOptions
        {
            Providers = [a?.Invoke(first) ?? first, new ProviderOptions { Name = "b", BaseUrl = _b.BaseUrl }],
            Models = [new ModelOptions { Name = "m", Routes = [new RouteOptions { Provider = "a" }, new RouteOptions { Provider = "b" }] }],
        };
        var node = await TestGateway.StartAsync(options, services => services.AddSingleton<TimeProvider>(_time).AddSingleton<IHealthBroadcast>(new Voice(_air)));
        _nodes.Add(node);
        return node;
    }

    /// <summary>Carries what is told to all that listen.</summary>
    private sealed class Air
    {
        public List<(Voice Of, Action<HealthNews> Heard)> Ears { get; } = [];
    }

    private sealed class Voice(Air air) : IHealthBroadcast
    {
        public void Tell(HealthNews news)
        {
            lock (air)
                air.Ears.Where(ear => ear.Of != this).ToList().ForEach(ear => ear.Heard(news));
        }

        public IDisposable Listen(Action<HealthNews> heard)
        {
            lock (air)
                air.Ears.Add((this, heard));
            return new MemoryStream();
        }
    }
}
