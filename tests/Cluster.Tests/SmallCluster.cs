namespace AiGateway.Cluster.Tests;

/// <summary>Two silos, of which each runs two responses at a time, and two frontends. Tests leave it as they found it.</summary>
public sealed class SmallCluster : IAsyncLifetime
{
    public const int MaxRunning = 2;

    internal ClusterScene Scene { get; private set; } = null!;

    public async Task InitializeAsync() => Scene = await ClusterScene.StartAsync(silos: 2, frontends: 2, MaxRunning);

    public async Task DisposeAsync() => await Scene.DisposeAsync();
}
