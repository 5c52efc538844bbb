using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AiGateway.EndToEnd.Tests.Durability.Driver;
using AiGateway.EndToEnd.Tests.Durability.History;
using AiGateway.Grains.Tests;

namespace AiGateway.Cluster.Tests;

/// <summary>The other ways to run a cluster: without Redis, and with both kinds of node in one process.</summary>
public sealed class DeploymentTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("aigateway-deployment-");
    private readonly List<ClusterProcess> _nodes = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Without_redis_a_silo_holds_what_its_frontends_are_asked_to_keep()
    {
        var config = await ConfigureAsync(new { });
        var gatewayPort = Ports.Free();
        var silo = ClusterProcess.Silo("silo", _folder.FullName, config).With("Gateway__Cluster__GatewayPort", $"{gatewayPort}");
        var one = ClusterProcess.Frontend("one", _folder.FullName, config, gatewayPort: gatewayPort);
        var other = ClusterProcess.Frontend("other", _folder.FullName, config, gatewayPort: gatewayPort);
        _nodes.AddRange([one, other, silo]);

        // Frontends wait for their silo.
        await Task.WhenAll(_nodes.Select(node => node.StartAsync()));

        await KeepsAsync(one, other);
        using var http = new HttpClient();
        Assert.Equal("""{"status":"ready"}""", await http.GetStringAsync(new Uri(silo.Health!, "/health/ready")));
        Assert.Contains("aigateway_runs_running 0", await http.GetStringAsync(new Uri(silo.Health!, "/metrics")), StringComparison.Ordinal);
        Assert.Equal(0, await other.TerminateAsync());
        Assert.Equal(0, await silo.TerminateAsync());
    }

    [Fact]
    public async Task Two_processes_that_are_both_are_a_cluster()
    {
        var redis = new RedisServer();
        await redis.InitializeAsync();
        var config = await ConfigureAsync(new { Redis = new { redis.Configuration } });
        var one = await AddAsync(ClusterProcess.Frontend("one", _folder.FullName, config, withSilo: true));
        var other = await AddAsync(ClusterProcess.Frontend("other", _folder.FullName, config, withSilo: true));

        await KeepsAsync(one, other);
        await KeepsAsync(other, one);
        Assert.Equal(0, await one.TerminateAsync());
        await KeepsAsync(other, other);
        Assert.Equal(0, await other.TerminateAsync());
        await redis.DisposeAsync();
    }

    [Fact]
    public async Task A_wrong_setting_of_the_cluster_stops_the_start_and_is_named()
    {
        var config = await ConfigureAsync(new { Cluster = new { Address = "0.0.0.0", SiloPort = 0 } });
        var silo = ClusterProcess.Silo("silo", _folder.FullName, config).With("Gateway__Cluster__SiloPort", "0");
        _nodes.Add(silo);
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(silo.StartAsync);

        Assert.Contains("Gateway:Cluster:Address must be", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Gateway:Cluster:SiloPort must be from 1 to 65535", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_starts_before_redis_waits_for_it_and_says_so()
    {
        var redis = new RedisServer();
        await redis.InitializeAsync();
        await redis.KillAsync();
        var config = await ConfigureAsync(new { Redis = new { Configuration = redis.Configuration + ",password=hidden" } });
        var silo = ClusterProcess.Silo("silo", _folder.FullName, config);
        var frontend = ClusterProcess.Frontend("frontend", _folder.FullName, config);
        _nodes.AddRange([frontend, silo]);
        var starting = _nodes.Select(node => node.StartAsync()).ToList();
        await Calls.UntilAsync(
            () => Task.FromResult(_nodes.TrueForAll(node => node.Everything.Contains($"Redis at {redis.Configuration} does not answer", StringComparison.Ordinal))),
            ClusterScene.Patience,
            () => "Nothing is said.");
        await redis.RestartAsync();
        await Task.WhenAll(starting);

        await KeepsAsync(frontend, frontend);
        Assert.All(_nodes, node => Assert.DoesNotContain("   at ", node.Everything, StringComparison.Ordinal));
        Assert.All(_nodes, node => Assert.DoesNotContain("hidden", node.Everything, StringComparison.Ordinal));
        Assert.Equal(0, await frontend.TerminateAsync());
        Assert.Equal(0, await silo.TerminateAsync());
        await redis.DisposeAsync();
    }

    [Fact]
    public async Task A_node_that_waits_for_redis_in_vain_ends_with_one_line_and_one_that_is_stopped_meanwhile_with_none()
    {
        var config = await ConfigureAsync(new { Redis = new { Configuration = $"127.0.0.1:{Ports.Free()},connectTimeout=500", StartPatience = "00:00:02" } });
        foreach (var node in (ClusterProcess[])[ClusterProcess.Silo("silo", _folder.FullName, config), ClusterProcess.Frontend("frontend", _folder.FullName, config)])
        {
            _nodes.Add(node);
            var refused = await Assert.ThrowsAsync<InvalidOperationException>(node.StartAsync);
            Assert.Contains("did not answer within 2 seconds", refused.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", refused.Message, StringComparison.Ordinal);
        }

        var patient = await ConfigureAsync(new { Redis = new { Configuration = $"127.0.0.1:{Ports.Free()}" } });
        var stopped = ClusterProcess.Silo("stopped", _folder.FullName, patient);
        _nodes.Add(stopped);
        var starting = stopped.StartAsync();
        await Calls.UntilAsync(() => Task.FromResult(stopped.Everything.Contains("does not answer", StringComparison.Ordinal)), ClusterScene.Patience, () => "Nothing is said.");
        Assert.Equal(0, await stopped.TerminateAsync());
        await Assert.ThrowsAsync<InvalidOperationException>(() => starting);
        Assert.DoesNotContain("   at ", stopped.Everything, StringComparison.Ordinal);
    }

    // What is made at one node is there at the other.
    private static async Task KeepsAsync(ClusterProcess at, ClusterProcess then)
    {
        var history = new Recorder();
        using var one = new GatewayClient(() => at.Address!, history);
        using var other = new GatewayClient(() => then.Address!, history);
        string? id = null;
        var told = await one.ReadAsync(
            HttpMethod.Post, "/v1/responses", """{"model":"demo","input":"Hello!","background":true,"stream":true}""", null, -1, _ => false, (created, _) => id = created);
        var again = await other.ReadAsync(HttpMethod.Get, $"/v1/responses/{id}?stream=true", null, null, -1, _ => false);
        Assert.True(told!.IsWhole && again!.IsWhole);
        Assert.Equal(told.Frames, again.Frames);

        var conversation = (string)JsonNode.Parse(await OkAsync(one, HttpMethod.Post, "/v1/conversations", """{"metadata":{"a":"b"}}"""))!["id"]!;
        await OkAsync(other, HttpMethod.Post, "/v1/responses", $$"""{"model":"demo","input":"Hello!","conversation":"{{conversation}}"}""");
        var items = JsonNode.Parse(await OkAsync(one, HttpMethod.Get, $"/v1/conversations/{conversation}/items"))!["data"]!.AsArray();
        Assert.Equal(2, items.Count);

        var chat = (string)JsonNode.Parse(await OkAsync(one, HttpMethod.Post, "/v1/chat/completions", """{"model":"demo","store":true,"messages":[{"role":"user","content":"Hi"}]}"""))!["id"]!;
        await OkAsync(other, HttpMethod.Get, $"/v1/chat/completions/{chat}");
        Assert.Empty(history.Surprises);
    }

    private static async Task<string> OkAsync(GatewayClient client, HttpMethod method, string path, string? body = null)
    {
        var (status, text) = await client.AskAsync(method, path, body);
        Assert.True(status == HttpStatusCode.OK, $"{method} {path}: {status} {text}");
        return text;
    }

    private async Task<ClusterProcess> AddAsync(ClusterProcess node)
    {
        _nodes.Add(node);
        await node.StartAsync();
        return node;
    }

    private async Task<string> ConfigureAsync(object settings)
    {
        var file = Path.Combine(_folder.FullName, "gateway.json");
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new { Gateway = settings }));
        return file;
    }
}
