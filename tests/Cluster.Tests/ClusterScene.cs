using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using AiGateway.EndToEnd.Tests.Durability.Driver;
using AiGateway.EndToEnd.Tests.Durability.History;
using AiGateway.Grains.Tests;
using AiGateway.Upstream;
using StackExchange.Redis;

namespace AiGateway.Cluster.Tests;

/// <summary>A cluster of real processes over a real Redis, in front of the talking model.</summary>
internal sealed class ClusterScene : IAsyncDisposable
{
    /// <summary>Guards against hanging only.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("aigateway-cluster-");
    private readonly ConcurrentDictionary<string, ConcurrentBag<ReceivedRequest>> _asked;
    private readonly ConnectionMultiplexer _redis;
    private readonly object? _webhooks;
    private readonly string? _adminKey;
    private int _next;

    private ClusterScene(RedisServer redis, object? webhooks, string? adminKey, ConnectionMultiplexer connection, ScriptedUpstream upstream)
    {
        (Redis, _webhooks, _adminKey, _redis, Upstream) = (redis, webhooks, adminKey, connection, upstream);
        _asked = Talk.PlayAt(upstream, request => Seen?.Invoke(request));
    }

    public RedisServer Redis { get; }

    public ScriptedUpstream Upstream { get; }

    public Recorder History { get; } = new();

    public List<ClusterProcess> Silos { get; } = [];

    public List<ClusterProcess> Frontends { get; } = [];

    public IEnumerable<ClusterProcess> Nodes => Silos.Concat(Frontends);

    /// <summary>Told of each request that comes to the model.</summary>
    public Action<ReceivedRequest>? Seen { get; set; }

    /// <summary>What a test's settings have that others' have not, from the next <see cref="ConfigureAsync"/> on.</summary>
    public Action<JsonObject>? Change { get; set; }

    /// <summary>The file that all nodes read.</summary>
    public string ConfigFile => Path.Combine(_folder.FullName, "gateway.json");

    public static async Task<ClusterScene> StartAsync(int silos, int frontends, int maxRunning = 12, object? webhooks = null, string? adminKey = null, Action<JsonObject>? change = null)
    {
        var redis = new RedisServer();
        await redis.InitializeAsync();
        var scene = new ClusterScene(redis, webhooks, adminKey, await ConnectionMultiplexer.ConnectAsync(redis.Configuration + ",abortConnect=false"), await ScriptedUpstream.StartAsync()) { Change = change };
        try
        {
            await scene.ConfigureAsync(maxRunning);
            for (var i = 0; i < silos; i++)
                scene.AddSilo();
            for (var i = 0; i < frontends; i++)
                scene.AddFrontend();
            await Task.WhenAll(scene.Silos.Select(silo => silo.StartAsync()));
            await Task.WhenAll(scene.Frontends.Select(frontend => frontend.StartAsync()));
            return scene;
        }
        catch
        {
            await scene.DisposeAsync();
            throw;
        }
    }

    /// <summary>One more silo, not started yet.</summary>
    public ClusterProcess AddSilo()
    {
        Silos.Add(ClusterProcess.Silo($"silo {Silos.Count}", _folder.FullName, ConfigFile));
        return Silos[^1];
    }

    /// <summary>One more frontend, not started yet.</summary>
    public ClusterProcess AddFrontend()
    {
        Frontends.Add(ClusterProcess.Frontend($"frontend {Frontends.Count}", _folder.FullName, ConfigFile));
        return Frontends[^1];
    }

    /// <summary>Writes the file that all nodes read.</summary>
    /// <param name="maxRunning">How many responses run at a silo.</param>
    /// <param name="models">Further models, by their names, of the chat provider.</param>
    public async Task ConfigureAsync(int maxRunning, params string[] models)
    {
        var settings = JsonSerializer.SerializeToNode(Talk.Settings(Upstream))!.AsObject();
        settings.Remove("Storage");
        settings["Responses"]!["MaxRunning"] = maxRunning;
        settings["Responses"]!["DrainTimeout"] = "00:00:02";
        settings["Redis"] = JsonSerializer.SerializeToNode(new { Redis.Configuration });
        if (_webhooks is not null)
            settings["Webhooks"] = JsonSerializer.SerializeToNode(_webhooks);
        if (_adminKey is not null)
            settings["Admin"] = JsonSerializer.SerializeToNode(new { Key = _adminKey });
        foreach (var model in models)
            settings["Models"]!.AsArray().Add(JsonSerializer.SerializeToNode(new { Name = model, Provider = "chat" }));
        Change?.Invoke(settings);
        await File.WriteAllTextAsync(ConfigFile, JsonSerializer.Serialize(new { Gateway = settings }));
    }

    /// <summary>A client that asks one frontend after the other.</summary>
    public GatewayClient NewClient() => new(() => Frontends[(int)((uint)Interlocked.Increment(ref _next) % (uint)Frontends.Count)].Address!, History, isPatient: true);

    /// <summary>A client of one frontend.</summary>
    public GatewayClient ClientOf(ClusterProcess frontend) => new(() => frontend.Address!, History);

    /// <summary>Who owns what has not ended: the silo's address, or the frontend's name.</summary>
    public async Task<IReadOnlyDictionary<string, string>> OwnersAsync() =>
        (await _redis.GetDatabase().HashGetAllAsync("{aigateway}:owners")).ToDictionary(e => (string)e.Name!, e => (string)e.Value!, StringComparer.Ordinal);

    /// <summary>The ids of what has not ended.</summary>
    public async Task<IReadOnlyList<string>> UnendedAsync() => [.. (await _redis.GetDatabase().SortedSetRangeByRankAsync("{aigateway}:unended")).Select(id => (string)id!)];

    /// <summary>Ends when the model talks to nobody any more; fails where it was not let go of.</summary>
    public async Task NothingIsLeftOpenAsync(GatewayClient observer)
    {
        // Those whose clients were cut off before they knew their ids, and that are held, still run.
        using var deadline = new CancellationTokenSource(Patience);
        while (await UnendedAsync() is { Count: > 0 } unended)
        {
            foreach (var id in unended.Where(id => !History.Responses.Any(r => r.Id == id)))
                await observer.AskAsync(HttpMethod.Post, $"/v1/responses/{id}/cancel");
            await Task.Delay(100, deadline.Token);
        }

        await Upstream.WaitUntilAsync(u => u.ActiveRequests == 0, Patience);
        foreach (var told in History.Responses.Where(r => r.IsCancelAnswered))
        {
            foreach (var request in _asked.GetValueOrDefault(told.Name, []))
                await request.Aborted.WaitAsync(Patience);
        }
    }

    /// <summary>
    /// The background responses for which the model was asked twice: that it begins is kept before the model is asked, and of all that held it one can have kept
    /// that, so a second was an owner of an older epoch whose write was not refused.
    /// </summary>
    public IEnumerable<string> AskedTwice() =>
        from told in History.Responses
        where told.Kind is CallKind.Background or CallKind.BackgroundStream && _asked.GetValueOrDefault(told.Name, []).Count > 1
        select $"The model was asked {_asked[told.Name].Count} times for {told.Id} ({told.Name}).";

    /// <summary>All that the nodes printed.</summary>
    public string Everything => string.Join("\n", Nodes.Select(node => $"== {node.Name}\n{node.Everything}"));

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes)
            await node.DisposeAsync();
        await _redis.DisposeAsync();
        await Redis.DisposeAsync();
        await Upstream.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
