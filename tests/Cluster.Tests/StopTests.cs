using System.Net;
using System.Text.Json.Nodes;
using AiGateway.EndToEnd.Tests.Durability.Driver;

namespace AiGateway.Cluster.Tests;

/// <summary>Nodes that are told to stop, and nodes that come: what their clients see of it is no more than a client repeats by itself.</summary>
public sealed class StopTests
{
    // As the official SDKs do: a call, and two more.
    private const int Tries = 3;

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
        await using var scene = await ClusterScene.StartAsync(silos: 2, frontends: 2);
        var (over, served) = (false, 0);
        var balancer = new Balancer(scene.Frontends);
        var balancing = balancer.RunAsync(() => Volatile.Read(ref over));
        var walks = Enumerable.Range(0, 6).Select(i => Task.Run(async () =>
        {
            using var client = new GatewayClient(balancer.Next, scene.History, isPatient: true);
            while (!Volatile.Read(ref over))
            {
                await CallAsync(client, i % 3);
                Interlocked.Increment(ref served);
            }
        })).ToList();

        await ServedAsync(20);
        var (frontend, silo) = (scene.AddFrontend(), scene.AddSilo());
        await Task.WhenAll(frontend.StartAsync(), silo.StartAsync());
        balancer.Add(frontend);
        await ServedAsync(40);
        foreach (var node in (ClusterProcess[])[scene.Silos[0], scene.Frontends[0], scene.Silos[1], scene.Frontends[1]])
        {
            var code = await node.TerminateAsync();
            Assert.True(code == 0, $"{node.Name} ended with {code}.\n{node.Everything}");
            await ServedAsync(20);
        }

        Volatile.Write(ref over, true);
        await Task.WhenAll(walks.Append(balancing)).WaitAsync(ClusterScene.Patience);

        async Task ServedAsync(int more)
        {
            var goal = Volatile.Read(ref served) + more;
            await Calls.UntilAsync(
                async () =>
                {
                    foreach (var walk in walks.Where(walk => walk.IsCompleted))
                        await walk;
                    return Volatile.Read(ref served) >= goal;
                },
                ClusterScene.Patience,
                () => $"No client gets on.\n{scene.Everything}");
        }
    }

    private static async Task CallAsync(GatewayClient client, int kind)
    {
        if (kind == 0)
        {
            await TriedAsync(client, HttpMethod.Post, "/v1/chat/completions", """{"model":"talk-chat","messages":[{"role":"user","content":"say x 5 5"}]}""");
            return;
        }

        var made = await TriedAsync(client, HttpMethod.Post, "/v1/responses", Calls.Body(5, background: kind == 1));
        var (id, status) = ((string)made["id"]!, (string)made["status"]!);
        while (status is "queued" or "in_progress")
        {
            await Task.Delay(20);
            status = (string)(await TriedAsync(client, HttpMethod.Get, $"/v1/responses/{id}", null))["status"]!;
        }

        Assert.Equal("completed", status);
    }

    private static async Task<JsonNode> TriedAsync(GatewayClient client, HttpMethod method, string path, string? body)
    {
        var key = method == HttpMethod.Post && path == "/v1/responses" ? Guid.NewGuid().ToString("N") : null;
        for (var attempt = 1; ; attempt++)
        {
            if (await client.TryAsync(method, path, body, key) is { } answer)
            {
                Assert.True(answer.Status == HttpStatusCode.OK, $"{method} {path}: {answer.Status} {answer.Body}");
                return JsonNode.Parse(answer.Body)!;
            }

            Assert.True(attempt < Tries, $"{method} {path} was not answered {Tries} times.");
            await Task.Delay(TimeSpan.FromMilliseconds(500 * attempt));
        }
    }

    /// <summary>Sends each call to the next frontend that says it is ready.</summary>
    private sealed class Balancer(IEnumerable<ClusterProcess> frontends)
    {
        private readonly HttpClient _http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero });
        private volatile ClusterProcess[] _all = [.. frontends];
        private volatile ClusterProcess[] _ready = [.. frontends];
        private int _next;

        public void Add(ClusterProcess frontend) => _all = [.. _all, frontend];

        public Uri Next()
        {
            var ready = _ready;
            return ready[(int)((uint)Interlocked.Increment(ref _next) % (uint)ready.Length)].Address!;
        }

        public async Task RunAsync(Func<bool> isEnough)
        {
            while (!isEnough())
            {
                var ready = new List<ClusterProcess>();
                foreach (var frontend in _all)
                {
                    if (await IsReadyAsync(frontend))
                        ready.Add(frontend);
                }

                if (ready.Count > 0)
                    _ready = [.. ready];
                await Task.Delay(100);
            }

            _http.Dispose();
        }

        private async Task<bool> IsReadyAsync(ClusterProcess frontend)
        {
            try
            {
                using var answer = await _http.GetAsync(new Uri(frontend.Address!, "/health/ready"));
                return answer.IsSuccessStatusCode;
            }
            catch (Exception e) when (GatewayClient.IsOfConnection(e))
            {
                return false;
            }
        }
    }
}
