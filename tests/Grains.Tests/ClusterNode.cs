using AiGateway.Configuration;
using AiGateway.Engine;
using AiGateway.Engine.Contract.Engines;
using AiGateway.Grains.Engine;
using AiGateway.Grains.Hosting;
using AiGateway.Grains.Silos;
using AiGateway.Responses.Running;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Streams;
using Orleans.TestingHost;

namespace AiGateway.Grains.Tests;

/// <summary>A whole cluster as one engine: silos, and a client as a frontend has it, in this process. They talk through memory, and all that they say is serialized.</summary>
internal sealed class ClusterNode : IEngineNode
{
    // Nodes of one storage are clusters of their own here: none is to take the other's for gone while it lives.
    private static readonly ClusterTimes Times = new() { RecoveryPeriod = TimeSpan.FromHours(1) };

    private readonly InProcessTestCluster _cluster;
    private readonly ClusterEngine _engine;
    private readonly IRunRegistry _registry;
    private readonly Lifetime _lifetime;

    private ClusterNode(InProcessTestCluster cluster, ClusterEngine engine, ResponseWatcher watcher, IRunRegistry registry, Lifetime lifetime) =>
        (_cluster, _engine, Watcher, _registry, _lifetime) = (cluster, engine, watcher, registry, lifetime);

    public IResponseEngine Engine => _engine;

    /// <summary>Watches responses for this node's followers.</summary>
    public ResponseWatcher Watcher { get; }

    /// <summary>How many of this node's subscriptions a response's stream has.</summary>
    public async Task<int> SubscriptionsAsync(string id) =>
        (await _cluster.Client.ServiceProvider.GetRequiredKeyedService<IStreamProvider>(EventStreams.Provider).GetStream<EventPage>(EventStreams.Of(id)).GetAllSubscriptionHandles()).Count;

    /// <summary>Ends when what was abandoned has ended too.</summary>
    public Task Gone { get; private set; } = Task.CompletedTask;

    public static async Task<ClusterNode> StartAsync(EngineSetup setup, IResponseStore inner, IRunRegistry registry)
    {
        var options = new GatewayOptions
        {
            Responses = new ResponsesOptions { MaxRunning = setup.MaxRunning, MaxWaiting = setup.MaxWaiting, DrainTimeout = setup.DrainTimeout },
        };
        var configuration = new GatewayConfiguration(options, _ => null);
        var store = setup.Wrap(inner);
        var mortal = new MortalRegistry(registry, (FaultyStore)store);
        var builder = new InProcessTestClusterBuilder(1);
        builder.Options.ConfigureFileLogging = false;
        builder.ConfigureHost(host => host.Services.AddMemoryMessages());
        builder.ConfigureSilo((_, silo) =>
        {
            var services = silo.Services;
            services.AddSingleton(store);
            services.AddSingleton<IRunRegistry>(mortal);
            services.AddSingleton(configuration);
            services.AddSingleton(Times);
            services.AddSingleton(s => new SiloRuns(
                s.GetRequiredService<SiloIdentity>(),
                store,
                new Lazy<IResponseRunner>(setup.Runner),
                new ResponseEnds(new NoNotices()),
                configuration,
                setup.Time,
                NullLogger<ResponseRun>.Instance,
                s.GetRequiredService<ClusterMetrics>()));
            services.AddResponseGrains();
            silo.AddMemoryStreams(EventStreams.Provider, ClusterSetup.Streams);
            silo.AddMemoryGrainStorage("PubSubStore");
        });
        builder.ConfigureClient(client => client.AddMemoryStreams(EventStreams.Provider, ClusterSetup.Streams));
        var cluster = builder.Build();
        await cluster.DeployAsync();
        var lifetime = new Lifetime();
        var watcher = new ResponseWatcher(cluster.Client.ServiceProvider, cluster.Client, store);
        var engine = new ClusterEngine(cluster.Client, store, mortal, watcher, configuration, Times, setup.Time, lifetime, NullLogger<ClusterEngine>.Instance);
        await engine.StartAsync(CancellationToken.None);
        foreach (var silo in cluster.Silos)
            await silo.ServiceProvider.GetRequiredService<SiloRecovery>().PassAsync(CancellationToken.None);
        return new ClusterNode(cluster, engine, watcher, registry, lifetime);
    }

    public async Task StopAsync()
    {
        _lifetime.StopApplication();
        await _engine.StopAsync(CancellationToken.None);
        await _cluster.StopSilosAsync();
        _engine.Dispose();
        await _cluster.StopClusterClientAsync();
        await _cluster.DisposeAsync();
    }

    public void Abandon()
    {
        _engine.Dispose();
        Gone = Task.Run(async () =>
        {
            foreach (var silo in _cluster.Silos.ToList())
                await _cluster.KillSiloAsync(silo);
            await _cluster.KillClientAsync();
            await _cluster.DisposeAsync();
        });
    }

    private sealed class NoNotices : IEndNotices
    {
        public IReadOnlyList<WebhookDelivery> For(StoredResponse response, string status) => [];
    }

    /// <summary>A registry that knows of nothing any more when its process was killed.</summary>
    private sealed class MortalRegistry(IRunRegistry inner, FaultyStore process) : IRunRegistry
    {
        private IRunRegistry Inner => process.IsDead ? throw new StorageUnavailableException("The process was killed.") : inner;

        public ValueTask<StoredResponse?> TakeOverAsync(string id, string owner) => Inner.TakeOverAsync(id, owner);

        public ValueTask ReleaseAsync(string id, string owner) => Inner.ReleaseAsync(id, owner);

        public ValueTask<StoredResponse?> FindAsync(string id) => Inner.FindAsync(id);

        public ValueTask<IReadOnlyList<UnendedRun>> ListAsync(CancellationToken cancellationToken) => Inner.ListAsync(cancellationToken);

        public ValueTask RenewAsync(string owner, TimeSpan lease) => Inner.RenewAsync(owner, process.IsDead ? TimeSpan.Zero : lease);

        // A killed process's lease runs out: here, at once.
        public async ValueTask<IReadOnlySet<string>> AliveAsync(IReadOnlyCollection<string> owners, CancellationToken cancellationToken)
        {
            _ = await Inner.AliveAsync(owners, cancellationToken);
            return new HashSet<string>(StringComparer.Ordinal);
        }
    }
}
