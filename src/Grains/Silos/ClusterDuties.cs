using AiGateway.Engine;
using AiGateway.Grains.Engine;
using AiGateway.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AiGateway.Grains.Silos;

/// <summary>
/// What one silo does for the whole cluster: it tells webhook endpoints, and deletes what was kept long enough. The one that is there longest does; when it goes,
/// the next takes over. For the moment in which two think so, a delivery may be made twice, which "at least once" allows.
/// </summary>
internal sealed partial class ClusterDuties(IServiceProvider services, SiloPeers peers, IClusterStorage storage, TimeProvider time, ILogger<ClusterDuties> logger) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Wake = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Sweep = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        WebhookSender? sender = null;
        var (isListening, woken, swept) = (false, time.GetUtcNow(), DateTimeOffset.MinValue);
        using var timer = new PeriodicTimer(Look, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                var now = time.GetUtcNow();
                if (!peers.IsOldest())
                {
                    await StopAsync(sender);
                    sender = null;
                    continue;
                }

                isListening = isListening || await TryListenAsync();
                if (sender is null)
                {
                    LogTaken();
                    sender = ActivatorUtilities.CreateInstance<WebhookSender>(services);
                    await sender.StartAsync(stoppingToken);
                }

                // What is published may be lost.
                if (now - woken >= Wake)
                {
                    woken = now;
                    storage.WakeSender();
                }

                if (now - swept >= Sweep)
                {
                    swept = now;
                    await TrySweepAsync(stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Also where the start failed and nobody asked the host to stop: it would take the exception for a failure of this service.
        }
        finally
        {
            await StopAsync(sender);
        }
    }

    private static async Task StopAsync(WebhookSender? sender)
    {
        if (sender is null)
            return;
        await sender.StopAsync(CancellationToken.None);
        sender.Dispose();
    }

    private async Task<bool> TryListenAsync()
    {
        try
        {
            await storage.ListenAsync();
            return true;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            LogNotListening(e);
            return false;
        }
    }

    private async Task TrySweepAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await storage.SweepAsync(cancellationToken) is var deleted and > 0)
                LogSwept(deleted);
        }
        catch (StorageUnavailableException)
        {
            // The next time will do.
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogNotSwept(e);
        }
    }

    [LoggerMessage(5201, LogLevel.Information, "This silo has been there longest: it tells webhooks, and deletes what was kept long enough.")]
    private partial void LogTaken();

    [LoggerMessage(5202, LogLevel.Warning, "Deliveries that other silos have enter are heard of late: the storage cannot be listened to.")]
    private partial void LogNotListening(Exception exception);

    [LoggerMessage(5203, LogLevel.Debug, "{Deleted} stored objects were old enough to be deleted.")]
    private partial void LogSwept(int deleted);

    [LoggerMessage(5204, LogLevel.Error, "What is old enough could not be deleted.")]
    private partial void LogNotSwept(Exception exception);
}
