using AiGateway.Configuration;
using AiGateway.Engine;
using AiGateway.Grains.Hosting;
using AiGateway.Grains.Limits;
using AiGateway.Limits;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;

namespace AiGateway.Grains.Tests;

/// <summary>Two silos that keep limits. Of each test its own limits.</summary>
public sealed class CapacityCluster : IAsyncLifetime
{
    private readonly InProcessTestCluster _cluster;
    private readonly List<ClusterCapacity> _made = [];
    private CapacityTerms? _terms;
    private string _prefix = "";

    public CapacityCluster()
    {
        var builder = new InProcessTestClusterBuilder(2);
        builder.Options.ConfigureFileLogging = false;
        builder.ConfigureHost(host => host.Services.AddMemoryMessages());
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddSingleton(new GatewayConfiguration(new GatewayOptions(), _ => null));
            silo.Services.AddTransient(_ => _terms!);
        });
        _cluster = builder.Build();
    }

    public Task InitializeAsync() => _cluster.DeployAsync();

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    /// <summary>Begins with new limits.</summary>
    internal void Begin(CapacityBlocks blocks, TimeProvider time, SpentBefore spent)
    {
        _prefix = $"{Guid.NewGuid():N}:";
        var prefix = _prefix;
        _terms = new CapacityTerms(blocks, (scope, name, since, cancellationToken) => spent(scope, name[prefix.Length..], since, cancellationToken), time);
    }

    /// <summary>The capacity of one more process.</summary>
    internal ClusterCapacity NewProcess()
    {
        var capacity = new ClusterCapacity(_cluster.Client, _terms!.Blocks, _terms.Time, _prefix);
        _made.Add(capacity);
        return capacity;
    }

    /// <summary>Has a limit's grain forget everything, as when its silo is gone.</summary>
    internal async Task ForgetAsync(CapacityLimit limit)
    {
        var grain = _cluster.Client.GetGrain<ICapacityGrain>($"{limit.Scope}/{_prefix}{limit.Name}");
        var life = await LifeAsync(grain);
        await grain.AsReference<Orleans.Core.Internal.IGrainManagementExtension>().DeactivateOnIdle();
        while (await LifeAsync(grain) == life)
            await Task.Yield();
    }

    private static async Task<Guid> LifeAsync(ICapacityGrain grain) => (await grain.ExchangeAsync(new CapacityAsk { Holder = "test" })).Life;

    /// <summary>Ends the processes.</summary>
    internal void End()
    {
        _made.ForEach(capacity => capacity.Dispose());
        _made.Clear();
    }
}

[CollectionDefinition(Name)]
public sealed class CapacityTests : ICollectionFixture<CapacityCluster>
{
    public const string Name = "Capacity";
}
