using AiGateway.Configuration;
using AiGateway.Grains.Hosting;
using AiGateway.Grains.Memory;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;

namespace AiGateway.Grains.Tests;

/// <summary>A silo that holds states in its memory, and a client that asks for them.</summary>
public sealed class MemoryCluster : IAsyncLifetime
{
    private readonly InProcessTestCluster _cluster;

    public MemoryCluster()
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.Options.ConfigureFileLogging = false;
        builder.ConfigureHost(host => host.Services.AddMemoryMessages());
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddSingleton(new GatewayConfiguration(new GatewayOptions(), _ => null));
        });
        _cluster = builder.Build();
    }

    /// <summary>A state of one's own.</summary>
    internal MemoryClient NewState() => new(_cluster.Client, Guid.NewGuid().ToString("N"));

    public Task InitializeAsync() => _cluster.DeployAsync();

    public async Task DisposeAsync() => await _cluster.DisposeAsync();
}

[CollectionDefinition(Name)]
public sealed class MemoryTests : ICollectionFixture<MemoryCluster>
{
    public const string Name = "Memory";
}
