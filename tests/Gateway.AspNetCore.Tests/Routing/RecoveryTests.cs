using System.Net;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Pipeline;
using AiGateway.Providers;
using AiGateway.Routing;
using AiGateway.Upstream;
using Microsoft.Extensions.DependencyInjection;

namespace AiGateway.AspNetCore.Tests.Routing;

/// <summary>Breakers, pauses and health checks: a provider that fails is left alone, and gets its calls back when it is well. Time passes only where a test lets it.</summary>
public sealed class RecoveryTests
{
    private const string Chat = """{"model":"m","messages":[{"role":"user","content":"Hi"}]}""";
    private static readonly BreakerOptions Quick = new() { MinimumCalls = 2, FailureRatio = 0.5, BreakDuration = TimeSpan.FromSeconds(15) };

    [Fact]
    public async Task A_breaker_opens_lets_one_call_try_and_closes()
    {
        var time = new TestTime();
        await using var scene = await TwoProviders.StartAsync(a => a with { Breaker = Quick }, time: time);
        scene.A.Enqueue(Errors.ServerError(), Errors.ServerError());

        await AskAsync(scene, 2);
        Assert.Equal((2, "open", false), (scene.A.Requests.Count, Health(scene).Breaker, Health(scene).IsUp));
        await AskAsync(scene, 3);
        Assert.Equal((2, 5), (scene.A.Requests.Count, scene.B.Requests.Count));

        // A probe, while which all others go elsewhere.
        time.Advance(TimeSpan.FromSeconds(16));
        Assert.True(Health(scene).IsUp);
        var gate = new TaskCompletionSource();
        scene.A.Enqueue(AiGateway.Upstream.Chat.Text("Back.").WaitBeforeHeaders(gate.Task));
        var probe = scene.Gateway.PostJsonAsync("/v1/chat/completions", Chat);
        await scene.A.WaitUntilAsync(a => a.Requests.Count == 3);
        Assert.Equal(("half-open", false), (Health(scene).Breaker, Health(scene).IsUp));
        await AskAsync(scene, 2);
        Assert.Equal((3, 7), (scene.A.Requests.Count, scene.B.Requests.Count));

        gate.SetResult();
        Assert.Contains("Back.", (await probe).ToJsonString(), StringComparison.Ordinal);
        await AskAsync(scene, 2);
        Assert.Equal(("closed", 5, 7), (Health(scene).Breaker, scene.A.Requests.Count, scene.B.Requests.Count));
    }

    [Fact]
    public async Task A_probe_that_fails_costs_its_client_nothing_and_opens_the_breaker_again()
    {
        var time = new TestTime();
        await using var scene = await TwoProviders.StartAsync(a => a with { Breaker = Quick }, time: time);
        scene.A.Always(Errors.ServerError());
        await AskAsync(scene, 2);

        time.Advance(TimeSpan.FromSeconds(16));
        await AskAsync(scene, 3);

        Assert.Equal((3, 5, "open"), (scene.A.Requests.Count, scene.B.Requests.Count, Health(scene).Breaker));
    }

    [Fact]
    public async Task A_probe_whose_client_leaves_says_nothing_of_the_provider()
    {
        var time = new TestTime();
        await using var scene = await TwoProviders.StartAsync(a => a with { Breaker = Quick }, time: time);
        scene.A.Enqueue(Errors.ServerError(), Errors.ServerError());
        await AskAsync(scene, 2);
        time.Advance(TimeSpan.FromSeconds(16));
        scene.A.Enqueue(Script.Silent());
        using var leave = new CancellationTokenSource();
        var asked = scene.Gateway.PostAsync("/v1/chat/completions", Chat, cancellationToken: leave.Token);
        await scene.A.WaitUntilAsync(a => a.Requests.Count == 3);
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        await scene.A.WaitForIdleAsync();

        // The provider may see that its client is gone before the breaker does.
        await Eventually.TrueAsync(() => scene.Gateway.Services.GetRequiredService<CallGauge>().Active == 0, "The call has not ended.");

        // Whether it is back is not known: another one tries, after another pause at the latest.
        time.Advance(TimeSpan.FromSeconds(16));
        await AskAsync(scene, 1);
        Assert.Equal(("closed", 4), (Health(scene).Breaker, scene.A.Requests.Count));
    }

    [Fact]
    public async Task Where_every_breaker_is_open_the_client_is_told_when_to_come_back()
    {
        var time = new TestTime();
        await using var scene = await TwoProviders.StartAsync(a => a with { Breaker = Quick }, b => b with { Breaker = Quick with { BreakDuration = TimeSpan.FromSeconds(40) } }, time: time);
        scene.A.Always(Errors.ServerError());
        scene.B.Always(Errors.ServerError());
        for (var i = 0; i < 2; i++)
            await scene.Gateway.PostJsonAsync("/v1/chat/completions", Chat, HttpStatusCode.InternalServerError);

        using var response = await scene.Gateway.PostAsync("/v1/chat/completions", Chat);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "15"), (response.StatusCode, response.Headers.GetValues("Retry-After").Single()));
        Assert.Contains("provider_unavailable", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal((2, 2), (scene.A.Requests.Count, scene.B.Requests.Count));
    }

    [Fact]
    public async Task One_provider_alone_has_a_breaker_where_it_is_given_one()
    {
        await using var scene = await TwoProviders.StartAsync(a => a with { Breaker = Quick }, model: m => m with { Routes = [], Provider = "a" });
        scene.A.Always(Errors.ServerError());
        for (var i = 0; i < 2; i++)
            await scene.Gateway.PostJsonAsync("/v1/chat/completions", Chat, HttpStatusCode.InternalServerError);

        await scene.Gateway.PostJsonAsync("/v1/chat/completions", Chat, HttpStatusCode.ServiceUnavailable);

        Assert.Equal(2, scene.A.Requests.Count);
    }

    [Fact]
    public async Task A_rate_limit_does_not_open_a_breaker()
    {
        await using var scene = await TwoProviders.StartAsync(a => a with { Breaker = Quick });
        scene.A.Always(Errors.OpenAi(429, "rate_limit_error", null, "Slow."));

        await AskAsync(scene, 4);

        Assert.Equal((4, "closed"), (scene.A.Requests.Count, Health(scene).Breaker));
    }

    [Fact]
    public async Task Who_asks_to_be_left_alone_is_left_alone_for_that_time()
    {
        var time = new TestTime();
        await using var scene = await TwoProviders.StartAsync(time: time);
        scene.A.Enqueue(Errors.RateLimited(30));

        await AskAsync(scene, 3);
        Assert.Equal((1, 3), (scene.A.Requests.Count, scene.B.Requests.Count));

        time.Advance(TimeSpan.FromSeconds(31));
        await AskAsync(scene, 1);
        Assert.Equal((2, 3), (scene.A.Requests.Count, scene.B.Requests.Count));
    }

    [Fact]
    public async Task A_pause_that_is_asked_for_is_kept_before_the_next_try()
    {
        var time = new TestTime();
        await using var scene = await TwoProviders.StartAsync(
            model: m => m with { Routes = [], Provider = "a", Retry = new RetryOptions { MaxRetries = 1 } }, time: time);
        scene.A.Enqueue(Errors.RateLimited(7));
        var began = time.GetUtcNow();

        var asked = scene.Gateway.PostJsonAsync("/v1/chat/completions", Chat);
        await scene.A.NextRequestAsync();
        await time.PassAsync(TimeSpan.FromSeconds(1), asked);
        await asked;

        Assert.Equal(2, scene.A.Requests.Count);
        Assert.True(time.GetUtcNow() - began >= TimeSpan.FromSeconds(7), $"Tried again after {time.GetUtcNow() - began}.");
    }

    [Fact]
    public async Task A_pause_that_is_too_long_is_the_client_s_to_make()
    {
        await using var scene = await TwoProviders.StartAsync(model: m => m with { Routes = [], Provider = "a", Retry = new RetryOptions { MaxRetries = 3 } });
        scene.A.Always(Errors.RateLimited(21));

        using var response = await scene.Gateway.PostAsync("/v1/chat/completions", Chat);

        Assert.Equal((HttpStatusCode.TooManyRequests, "21", 1), (response.StatusCode, response.Headers.GetValues("Retry-After").Single(), scene.A.Requests.Count));
    }

    [Fact]
    public async Task Retries_end_with_the_last_error()
    {
        var time = new TestTime();
        await using var scene = await TwoProviders.StartAsync(options: o => o with { Retry = new RetryOptions { MaxRetries = 2 } }, time: time);
        scene.A.Always(Errors.ServerError(500));
        scene.B.Always(Errors.ServerError(502));

        var asked = scene.Gateway.PostJsonAsync("/v1/chat/completions", Chat, HttpStatusCode.BadGateway);
        await scene.B.NextRequestAsync();
        await time.PassAsync(TimeSpan.FromSeconds(1), asked);
        await asked;

        Assert.Equal((3, 3), (scene.A.Requests.Count, scene.B.Requests.Count));
    }

    [Fact]
    public async Task A_provider_that_fails_its_checks_gets_calls_only_where_nobody_else_is()
    {
        var time = new TestTime();
        await using var scene = await TwoProviders.StartAsync(
            a => a with { HealthCheck = new HealthCheckOptions { Interval = TimeSpan.FromSeconds(30), UnhealthyAfter = 1 } }, time: time);
        var isDown = false;
        scene.A.When(request => request.Is("/models") && Volatile.Read(ref isDown), Errors.ServerError());

        // The first check is under way from the start on; from the second on they fail.
        await scene.A.WaitUntilAsync(a => a.Requests.Count(r => r.Is("/models")) == 1);
        await scene.A.WaitForIdleAsync();
        Assert.True(Health(scene).IsUp);
        Volatile.Write(ref isDown, true);
        await PassUntilAsync(time, () => Health(scene).IsCheckedDown);
        await AskAsync(scene, 2);
        Assert.Equal(2, scene.B.Requests.Count);

        scene.B.Always(Errors.ServerError());
        await AskAsync(scene, 1);

        Volatile.Write(ref isDown, false);
        await PassUntilAsync(time, () => !Health(scene).IsCheckedDown);
        await AskAsync(scene, 1);
        Assert.Equal(3, scene.B.Requests.Count);
    }

    private static async Task PassUntilAsync(TestTime time, Func<bool> fact)
    {
        using var late = new CancellationTokenSource(Waits.Deadline);
        while (!fact())
        {
            time.Advance(TimeSpan.FromSeconds(31));
            await Task.Delay(5, late.Token);
        }
    }

    private static async Task AskAsync(TwoProviders scene, int times)
    {
        for (var i = 0; i < times; i++)
            await scene.Gateway.PostJsonAsync("/v1/chat/completions", Chat);
    }

    private static ProviderHealth Health(TwoProviders scene) => scene.Gateway.Services.GetRequiredService<ModelRegistry>().Health()[0];
}
