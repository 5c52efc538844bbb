using Microsoft.Extensions.Hosting;
using Orleans.Runtime;

namespace AiGateway.Grains.Silos;

/// <summary>
/// A silo's stop in order: as soon as the process is told to, no new runs are taken where another silo takes them, and what waits is handed over; what runs may
/// go on for a while and is closed then. Only then the silo leaves the cluster.
/// </summary>
internal sealed class SiloDrain(SiloRuns runs, SiloPeers peers, SiloRecovery recovery, IHostApplicationLifetime lifetime) : ILifecycleParticipant<ISiloLifecycle>
{
    private readonly Lock _gate = new();
    private Task? _drained;

    public void Participate(ISiloLifecycle lifecycle)
    {
        lifetime.ApplicationStopping.Register(() => _ = DrainAsync());
        lifecycle.Subscribe(nameof(SiloDrain), ServiceLifecycleStage.Active + 200, _ => Task.CompletedTask, StopAsync);
    }

    // A process that may take no longer goes as it is: the others take over.
    private async Task StopAsync(CancellationToken cancellationToken) =>
        await DrainAsync().WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private Task DrainAsync()
    {
        lock (_gate)
            return _drained ??= Task.Run(() => runs.DrainAsync(peers.Another() is null ? null : recovery.HandOverAsync));
    }
}
