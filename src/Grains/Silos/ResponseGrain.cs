using System.Runtime.CompilerServices;
using AiGateway.Engine;
using AiGateway.Grains.Engine;
using AiGateway.Responses.Running;
using Orleans.Concurrency;
using Orleans.Runtime.Placement;

namespace AiGateway.Grains.Silos;

/// <summary>
/// The address of a background response. What runs is a <see cref="ResponseRun"/> on the thread pool; the grain finds it, and keeps itself from being put away
/// while it runs. A grain may all the same come up at another silo than its run: where the part of the directory was lost that knew it. It goes to where the run is,
/// then; and where the run's silo is gone, it takes its response over, with a higher epoch, so that the storage refuses whoever thinks otherwise.
/// </summary>
[Reentrant]
[CollectionAgeLimit(Minutes = 2)]
internal sealed class ResponseGrain(SiloRuns runs, SiloPeers peers, IResponseStore store, IRunRegistry registry, EventStreams streams, ClusterMetrics metrics)
    : Grain, IResponseGrain
{
    private static readonly TimeSpan CancelPatience = TimeSpan.FromSeconds(10);

    private ResponseRun? _run;
    private Task<GrainOutcome>? _recovering;

    private string Id => this.GetPrimaryKeyString();

    // What waits at a silo that stops is not run here any more.
    private ResponseRun? Running => _run is { IsOver: false } run && runs.Find(Id) == run ? run : null;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        metrics.Activated(1);
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        metrics.Activated(-1);
        return Task.CompletedTask;
    }

    public async Task<StartOutcome> StartAsync(StoredResponse response, EventPage events)
    {
        if (StepsAside())
            return StartOutcome.Elsewhere;
        if (runs.IsFull)
            return StartOutcome.QueueFull;
        response = response with { Owner = runs.Owner };
        try
        {
            if (await store.CreateAsync(response, events, CancellationToken.None))
            {
                Begin(response);
                return StartOutcome.Started;
            }

            // Its caller heard nothing of an earlier start, and asks again.
            if (await registry.FindAsync(Id) is null)
                return StartOutcome.KeyTaken;
        }
        catch (StorageUnavailableException)
        {
            return StartOutcome.Unavailable;
        }

        return await RecoverAsync() switch
        {
            GrainOutcome.Done => StartOutcome.Started,
            GrainOutcome.Elsewhere => StartOutcome.Elsewhere,
            _ => StartOutcome.Unavailable,
        };
    }

    public async IAsyncEnumerable<EventPage> ReadAsync(long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (Running is null)
            await RecoverIfUnendedAsync();
        if (_run is not { } run)
            yield break;
        await foreach (var page in run.ReadAsync(after, cancellationToken))
            yield return page;
    }

    public async Task<GrainOutcome> CancelAsync()
    {
        try
        {
            if (Running is null && await RecoverIfUnendedAsync() is not GrainOutcome.Done and var outcome)
                return outcome;
            if (Running is { } run)
                await run.CancelAsync().WaitAsync(CancelPatience, runs.Time);
            return GrainOutcome.Done;
        }
        catch (Exception e) when (e is TimeoutException or StorageUnavailableException)
        {
            return GrainOutcome.Unavailable;
        }
    }

    public async Task<bool> PublishAsync()
    {
        if (Running is null)
            await RecoverIfUnendedAsync();
        if (Running is not { } run)
            return false;
        streams.Publish(run);
        return true;
    }

    public async Task<GrainOutcome> RecoverAsync()
    {
        if (Running is not null)
            return GrainOutcome.Done;
        var recovering = _recovering ??= TakeOverAsync();
        try
        {
            return await recovering;
        }
        finally
        {
            if (_recovering == recovering)
                _recovering = null;
        }
    }

    // What a client's own call runs is no grain's, and is closed only where its process is known to be gone.
    private async Task<GrainOutcome> RecoverIfUnendedAsync() =>
        await registry.FindAsync(Id) is { IsEnded: false, Background: true } ? await RecoverAsync() : GrainOutcome.Done;

    private async Task<GrainOutcome> TakeOverAsync()
    {
        try
        {
            if (await registry.FindAsync(Id) is not { IsEnded: false } found)
                return GrainOutcome.Done;
            if (runs.Find(Id) is { } here)
            {
                Hold(here);
                return GrainOutcome.Done;
            }

            if (peers.AliveOwner(found.Owner) is { } silo)
            {
                StepAsideFor(silo);
                return GrainOutcome.Elsewhere;
            }

            if (StepsAside())
                return GrainOutcome.Elsewhere;
            if (await registry.TakeOverAsync(Id, runs.Owner) is not { } response)
                return GrainOutcome.Done;
            metrics.Recovered();
            if (response is { Status: "queued", Run: not null })
            {
                Begin(response);
                return GrainOutcome.Done;
            }

            var (run, closed) = runs.Close(response);
            Hold(run);
            await closed.WaitAsync(CancelPatience, runs.Time);
            return GrainOutcome.Done;
        }
        catch (Exception e) when (e is TimeoutException or StorageUnavailableException)
        {
            return GrainOutcome.Unavailable;
        }
    }

    private void Begin(StoredResponse response) => Hold(runs.Begin(response));

    private void Hold(ResponseRun run)
    {
        _run = run;
        DelayDeactivation(TimeSpan.MaxValue);
        _ = LetGoAsync(run);
    }

    // Readers that are behind hold what they still read.
    private async Task LetGoAsync(ResponseRun run)
    {
        await run.Ended;
        if (_run != run)
            return;
        _run = null;
        DelayDeactivation(TimeSpan.Zero);
    }

    // A silo that stops takes no new runs where another does.
    private bool StepsAside()
    {
        if (!runs.IsDraining || peers.Another() is not { } silo)
            return false;
        StepAsideFor(silo);
        return true;
    }

    private void StepAsideFor(SiloAddress silo)
    {
        _run = null;
        RequestContext.Set(IPlacementDirector.PlacementHintKey, silo);
        MigrateOnIdle();
    }
}
