using System.Net;
using System.Text.Json.Nodes;
using AiGateway.EndToEnd.Tests.Durability.Driver;

namespace AiGateway.Cluster.Tests;

/// <summary>Nodes that are told to stop, and nodes that come: what their clients see of it is no more than a client repeats by itself.</summary>
public sealed class StopTests
{
    [Fact]
    public async Task A_node_that_is_told_to_stop_is_not_ready_and_serves_before_it_closes()
    {
        await using var scene = await ClusterScene.StartAsync(silos: 1, frontends: 1, change: settings => settings["Cluster"] = new JsonObject { ["CloseDelay"] = "00:00:20" });
        var (frontend, silo) = (scene.Frontends[0], scene.Silos[0]);
        using var http = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero });
        foreach (var (node, address) in (IEnumerable<(ClusterProcess, Uri)>)[(frontend, frontend.Address!), (silo, silo.Health!)])
        {
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri(address, "/health/ready"))).StatusCode);
            var stopping = node.TerminateAsync();
            await Calls.UntilAsync(
                async () => (await http.GetAsync(new Uri(address, "/health/ready"))).StatusCode == HttpStatusCode.ServiceUnavailable, ClusterScene.Patience, () => "It stays ready.");
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri(address, "/health"))).StatusCode);
            if (node == frontend)
            {
                using var client = scene.ClientOf(frontend);
                var chat = await client.TryAsync(HttpMethod.Post, "/v1/chat/completions", """{"model":"talk-chat","messages":[{"role":"user","content":"say x 3 1"}]}""");
                Assert.Equal(HttpStatusCode.OK, chat!.Value.Status);
                Assert.Equal(HttpStatusCode.OK, (await client.TryAsync(HttpMethod.Post, "/v1/responses", Calls.Body(3)))!.Value.Status);
            }

            Assert.False(stopping.IsCompleted);
            node.Kill();
            await stopping;
        }
    }

    [Fact]
    public async Task Nodes_that_come_and_go_under_load_cost_no_call_more_than_a_client_repeats_by_itself()
    {
        await using var scene = await ClusterScene.StartAsync(silos: 2, frontends: 2, change: Load.Configure);
        var load = new Load(scene);

        await load.ServedAsync(20);
        var (frontend, silo) = (scene.AddFrontend(), scene.AddSilo());
        await Task.WhenAll(frontend.StartAsync(), silo.StartAsync());
        load.Balancer.Add(frontend);
        await load.ServedAsync(40);
        foreach (var node in (ClusterProcess[])[scene.Silos[0], scene.Frontends[0], scene.Silos[1], scene.Frontends[1]])
        {
            await StopsAsync(node);
            await load.ServedAsync(20);
        }

        await load.EndAsync();
    }

    [Fact]
    public async Task A_rolling_restart_costs_no_call_more_than_a_client_repeats_by_itself()
    {
        await using var scene = await ClusterScene.StartAsync(silos: 2, frontends: 2, change: Load.Configure);
        var load = new Load(scene);

        await load.ServedAsync(20);
        foreach (var node in scene.Nodes.ToList())
        {
            await StopsAsync(node);
            await node.StartAsync();
            await load.ServedAsync(20);
        }

        await load.EndAsync();
    }

    private static async Task StopsAsync(ClusterProcess node)
    {
        var code = await node.TerminateAsync();
        Assert.True(code == 0, $"{node.Name} ended with {code}.\n{node.Everything}");
    }
}
