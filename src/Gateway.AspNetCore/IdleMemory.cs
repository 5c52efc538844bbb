using AiGateway.Pipeline;
using Microsoft.Extensions.Hosting;

namespace AiGateway.AspNetCore;

/// <summary>
/// Gives memory back to the system when the gateway falls idle after work. The garbage collector itself keeps what a peak needed, for a process
/// without work allocates nothing, and so nothing makes it look.
/// </summary>
internal sealed class IdleMemory(CallGauge calls, TimeProvider time) : BackgroundService
{
    private const int QuietTicks = 2;
    private const long WorthIt = 16 * 1024 * 1024;
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await WatchAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Also where the start failed and nobody asked the host to stop: it would take the exception for a failure of this service.
        }
    }

    private async Task WatchAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Tick, time);
        var (seen, collected, quiet) = (0L, 0L, 0);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var ended = calls.Ended;
            quiet = calls.Active == 0 && ended == seen ? quiet + 1 : 0;
            seen = ended;
            if (quiet < QuietTicks || ended == collected)
                continue;
            collected = ended;
            if (GC.GetGCMemoryInfo(GCKind.Any).TotalCommittedBytes > WorthIt)
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
    }
}
