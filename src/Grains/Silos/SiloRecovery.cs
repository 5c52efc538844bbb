using AiGateway.Engine;
using AiGateway.Grains.Engine;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace AiGateway.Grains.Silos;

/// <summary>
/// Finds what nobody runs any more, and has its grain take it over: responses of a silo that ended, of a frontend that ended, and of this silo where it does not
/// know of them. Every silo looks, each for its share: at its start, when the members change, and every few seconds.
/// </summary>
internal sealed partial class SiloRecovery(
    IRunRegistry registry,
    SiloRuns runs,
    SiloPeers peers,
    IGrainFactory grains,
    ClusterTimes times,
    TimeProvider time,
    ILogger<SiloRecovery> logger) : ILifecycleParticipant<ISiloLifecycle>
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan OrderPatience = TimeSpan.FromMilliseconds(500);
    private const int Attempts = 20;
    private const int AtOnce = 16;

    private readonly CancellationTokenSource _stopping = new();
    private HashSet<string> _suspects = new(StringComparer.Ordinal);
    private Task _loop = Task.CompletedTask;

    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(SiloRecovery), ServiceLifecycleStage.Active + 100, StartAsync, StopAsync);

    /// <summary>Looks once.</summary>
    /// <param name="cancellationToken">Stops between two responses.</param>
    public async Task PassAsync(CancellationToken cancellationToken)
    {
        var unended = await registry.ListAsync(cancellationToken);
        var frontends = unended.Select(run => run.Owner).Where(owner => owner.Length > 0 && SiloIdentity.AddressOf(owner) is null).ToHashSet(StringComparer.Ordinal);
        var alive = await registry.AliveAsync(frontends, cancellationToken);
        var suspects = new HashSet<string>(StringComparer.Ordinal);
        var orphans = unended.Where(run => IsOrphan(run, alive, suspects)).ToList();
        _suspects = suspects;

        // In the order of their creation, since what waited is to run in that order; one that does not answer soon holds up few others.
        var recovering = new List<Task>();
        foreach (var run in orphans)
        {
            cancellationToken.ThrowIfCancellationRequested();
            recovering.Add(RecoverAsync(run));
            await Task.WhenAny(recovering[^1], Task.Delay(OrderPatience, time, cancellationToken));
            if (recovering.Count >= AtOnce)
                await Task.WhenAny(recovering);
            recovering.RemoveAll(task => task.IsCompleted);
        }

        await Task.WhenAll(recovering);

        async Task RecoverAsync(UnendedRun run)
        {
            if (await TryRecoverAsync(run.Id))
                LogRecovered(run.Id, run.Owner);
        }
    }

    /// <summary>Lets go of a response that waits here, so that another silo has it.</summary>
    /// <param name="id">The response.</param>
    public async Task HandOverAsync(string id)
    {
        try
        {
            await registry.ReleaseAsync(id, runs.Owner);
            await TryRecoverAsync(id);
        }
        catch (StorageUnavailableException e)
        {
            // It is found when this silo is gone.
            LogFailed(e, id);
        }
    }

    /// <summary>Has a response's grain take it over, wherever it comes up.</summary>
    /// <param name="id">The response.</param>
    public async Task<bool> TryRecoverAsync(string id)
    {
        try
        {
            for (var i = 0; i < Attempts; i++)
            {
                switch (await grains.GetGrain<IResponseGrain>(id).RecoverAsync())
                {
                    case GrainOutcome.Done:
                        return true;
                    case GrainOutcome.Unavailable:
                        return false;
                    default:
                        await Task.Delay(times.Pause, time, _stopping.Token);
                        break;
                }
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The next pass will find it again.
            LogFailed(e, id);
        }

        return false;
    }

    // Who seems to be gone for the first time may only have been unheard: as where Redis was away, and with it every lease.
    private bool IsOrphan(UnendedRun run, IReadOnlySet<string> alive, HashSet<string> suspects)
    {
        if (run.Owner == runs.Owner)
            return runs.Find(run.Id) is null && IsSuspectAgain(run.Id);
        if (!peers.IsMine(run.Id))
            return false;
        if (run.Owner.Length == 0)
            return true;

        // This silo's own address is an earlier process's that had it.
        if (SiloIdentity.AddressOf(run.Owner) is { } silo)
            return !peers.IsAlive(silo) || silo.Equals(SiloIdentity.AddressOf(runs.Owner));
        return !alive.Contains(run.Owner) && IsSuspectAgain(run.Id);

        bool IsSuspectAgain(string id)
        {
            suspects.Add(id);
            return _suspects.Contains(id);
        }
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(StartPatience);
        await TryPassAsync(patience.Token);
        _loop = Task.Run(() => LoopAsync(_stopping.Token), CancellationToken.None);
    }

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task LoopAsync(CancellationToken cancellationToken)
    {
        await using var changes = peers.Changes.GetAsyncEnumerator(cancellationToken);
        var changed = changes.MoveNextAsync().AsTask();
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.WhenAny(Task.Delay(times.RecoveryPeriod, time, cancellationToken), changed);
            if (changed.IsCompletedSuccessfully)
                changed = changes.MoveNextAsync().AsTask();
            if (!cancellationToken.IsCancellationRequested)
                await TryPassAsync(cancellationToken);
        }

        await ((Task)changed).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task TryPassAsync(CancellationToken cancellationToken)
    {
        try
        {
            await PassAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The next will go on.
        }
        catch (StorageUnavailableException e)
        {
            LogNoStorage(e);
        }
        catch (Exception e)
        {
            LogPassFailed(e);
        }
    }

    [LoggerMessage(5001, LogLevel.Warning, "The response {ResponseId} was {Owner}'s, which is gone; it is taken over.")]
    private partial void LogRecovered(string responseId, string owner);

    [LoggerMessage(5002, LogLevel.Warning, "The response {ResponseId} could not be taken over; it is tried again.")]
    private partial void LogFailed(Exception exception, string responseId);

    [LoggerMessage(5003, LogLevel.Warning, "Responses that nobody runs any more cannot be looked for: the storage cannot be used.")]
    private partial void LogNoStorage(Exception exception);

    [LoggerMessage(5004, LogLevel.Error, "Responses that nobody runs any more could not be looked for.")]
    private partial void LogPassFailed(Exception exception);
}
