using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AiGateway.Cluster.Tests;

/// <summary>What one node knows, the others go by; and what every node tells of itself.</summary>
public sealed class SharedStateTests(SmallCluster cluster) : IClassFixture<SmallCluster>, IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ClusterScene _scene = cluster.Scene;
    private readonly HttpClient _http = new();

    public async Task InitializeAsync()
    {
        _scene.Change = settings =>
        {
            settings["Telemetry"] = JsonSerializer.SerializeToNode(new { Metrics = true });
            settings["Providers"]![0]!["Limits"] = JsonSerializer.SerializeToNode(new { RequestsPerMinute = 6000 });
            settings["Providers"]!.AsArray().Add(JsonSerializer.SerializeToNode(new
            {
                Name = "gone",
                BaseUrl = $"http://127.0.0.1:{Ports.Free()}/v1",
                Breaker = new { MinimumCalls = 2, BreakDuration = "00:05:00" },
            }));
            settings["Models"]!.AsArray().Add(JsonSerializer.SerializeToNode(new { Name = "shared", Routes = new[] { new { Provider = "gone" }, new { Provider = "chat" } } }));
        };
        await _scene.ConfigureAsync(SmallCluster.MaxRunning);
        foreach (var frontend in _scene.Frontends)
        {
            await Calls.UntilAsync(
                async () => (await _http.GetStringAsync(new Uri(frontend.Address!, "/v1/models"))).Contains("\"shared\"", StringComparison.Ordinal), Patience, () => "The settings are not read.");
        }
    }

    public Task DisposeAsync()
    {
        _scene.Change = null;
        _http.Dispose();
        return _scene.ConfigureAsync(SmallCluster.MaxRunning);
    }

    [Fact]
    public async Task A_breaker_that_opens_at_one_frontend_turns_the_other_s_calls_elsewhere()
    {
        using var one = _scene.ClientOf(_scene.Frontends[0]);
        await Calls.UntilAsync(
            async () =>
            {
                await one.AskAsync(HttpMethod.Post, "/v1/chat/completions", """{"model":"shared","messages":[{"role":"user","content":"say x 3 1"}]}""");
                return (string?)(await GoneAsync(0))["breaker"] == "open";
            },
            Patience,
            () => "The breaker does not open.");

        await Calls.UntilAsync(async () => (string?)(await GoneAsync(1))["elsewhere"] == "failing", Patience, () => $"The other does not hear of it.\n{_scene.Everything}");

        var other = await GoneAsync(1);
        Assert.Equal((false, "closed"), ((bool?)other["up"], (string?)other["breaker"]));
    }

    [Fact]
    public async Task Of_two_creates_with_one_key_at_two_frontends_the_second_waits_and_gets_what_the_first_made()
    {
        using var one = _scene.ClientOf(_scene.Frontends[0]);
        using var other = _scene.ClientOf(_scene.Frontends[1]);
        var body = Calls.Body(60, background: false, stream: true, pace: 20);
        var name = ((string)JsonNode.Parse(body)!["input"]!).Split(' ')[1];
        var key = Guid.NewGuid().ToString("N");
        string? firstId = null, secondId = null;
        var first = one.ReadAsync(HttpMethod.Post, "/v1/responses", body, key, -1, _ => false, (id, _) => firstId = id);
        await _scene.Upstream.WaitUntilAsync(upstream => upstream.Requests.Any(request => request.Text.Contains($"say {name} ", StringComparison.Ordinal)), Patience);
        var refused = await other.AskAsync(HttpMethod.Post, "/v1/responses", body.Replace("60 20", "61 20", StringComparison.Ordinal), key);
        var second = await other.ReadAsync(HttpMethod.Post, "/v1/responses", body, key, -1, _ => false, (id, _) => secondId = id);

        Assert.True((await first)!.IsWhole && second!.IsWhole);
        Assert.NotNull(firstId);
        Assert.Equal(firstId, secondId);
        Assert.Equal("response.completed", second.Frames[^1].Type);
        Assert.Equal((HttpStatusCode.Conflict, "idempotency_key_reused"), (refused.Status, (string?)JsonNode.Parse(refused.Body)!["error"]!["code"]));
        Assert.Single(_scene.Upstream.Requests, request => request.Text.Contains($"say {name} ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Metrics_tell_of_activations_runs_streams_leases_and_redis()
    {
        using var one = _scene.ClientOf(_scene.Frontends[0]);
        using var other = _scene.ClientOf(_scene.Frontends[1]);
        string[] wanted =
        [
            "aigateway_runs_running ", "aigateway_runs_waiting ", "aigateway_grains ", "aigateway_redis_duration_seconds_bucket{le=\"0.004\"}", "aigateway_stream_lag_seconds_count ",
            "aigateway_lease_slack{scope=\"provider\",unit=\"requests\"}", "orleans_", "aigateway_requests_total{",
        ];
        await Calls.UntilAsync(
            async () =>
            {
                string? id = null;
                var following = one.ReadAsync(HttpMethod.Post, "/v1/responses", Calls.Body(20, stream: true), null, -1, _ => false, (created, _) => id = created);
                await Calls.UntilAsync(() => Task.FromResult(Volatile.Read(ref id) is not null), Patience, () => "No event came.");
                await other.ReadAsync(HttpMethod.Get, $"/v1/responses/{id}?stream=true", null, null, -1, _ => false);
                await following;
                var pages = await Task.WhenAll(_scene.Silos.Select(silo => _http.GetStringAsync(new Uri(silo.Health!, "/metrics"))));
                return pages.All(page => wanted.All(name => page.Contains(name, StringComparison.Ordinal)));
            },
            Patience,
            () => $"Not all is told:\n{string.Join("\n", _scene.Silos.Select(silo => string.Join(", ", wanted.Where(name => !_http.GetStringAsync(new Uri(silo.Health!, "/metrics")).GetAwaiter().GetResult().Contains(name, StringComparison.Ordinal)))))}");

        var frontend = await _http.GetStringAsync(new Uri(_scene.Frontends[0].Address!, "/metrics"));
        Assert.Contains("# TYPE aigateway_redis_duration_seconds histogram", frontend, StringComparison.Ordinal);
        Assert.Contains("aigateway_requests_total{", frontend, StringComparison.Ordinal);
    }

    private async Task<JsonNode> GoneAsync(int frontend)
    {
        var page = JsonNode.Parse(await _http.GetStringAsync(new Uri(_scene.Frontends[frontend].Address!, "/health/providers")))!;
        return page["providers"]!.AsArray().Single(provider => (string?)provider!["name"] == "gone")!;
    }
}
