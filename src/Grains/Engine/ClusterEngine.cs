using System.Runtime.CompilerServices;
using AiGateway.Configuration;
using AiGateway.Engine;
using AiGateway.Grains.Silos;
using AiGateway.Responses.Running;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AiGateway.Grains.Engine;

/// <summary>
/// The engine as every node of a cluster has it: what is kept is asked of the storage, what runs of its grain, and what a client's own call runs is here. What a
/// node that ends takes with it, the others see by the lease that it holds on its name.
/// </summary>
internal sealed partial class ClusterEngine : IResponseEngine, IHostedService, IDisposable
{
    private static readonly TimeSpan ClosingTime = TimeSpan.FromSeconds(2);
    private const int PageBytes = 256 * 1024;

    // Pages of one answer from a grain: each holds what was kept at once.
    private const int PagesAtOnce = 16;

    private readonly IGrainFactory _grains;
    private readonly IResponseStore _store;
    private readonly IRunRegistry _registry;
    private readonly ResponseWatcher _watcher;
    private readonly GatewayConfiguration _configuration;
    private readonly ClusterTimes _times;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ForegroundRuns _foreground;
    private readonly GrainCalls _calls;
    private readonly CancellationTokenSource _ended = new();
    private readonly string _owner = "node-" + Guid.NewGuid().ToString("N");
    private readonly CancellationTokenRegistration _stopping;
    private ITimer? _renewal;

    public ClusterEngine(
        IGrainFactory grains,
        IResponseStore store,
        IRunRegistry registry,
        ResponseWatcher watcher,
        GatewayConfiguration configuration,
        ClusterTimes times,
        TimeProvider time,
        IHostApplicationLifetime lifetime,
        ILogger<ClusterEngine> logger)
    {
        (_grains, _store, _registry, _watcher, _configuration, _times, _time, _logger) = (grains, store, registry, watcher, configuration, times, time, logger);
        _foreground = new ForegroundRuns(store, time);
        _calls = new GrainCalls(times, time);
        _stopping = lifetime.ApplicationStopping.Register(LetReadersGo);
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await RenewAsync();
        _renewal = _time.CreateTimer(static engine => _ = ((ClusterEngine)engine!).RenewAsync(), this, _times.Lease / 4, _times.Lease / 4);
        _foreground.Start();
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_renewal is not null)
            await _renewal.DisposeAsync();
    }

    public async ValueTask<bool> StartAsync(StoredResponse response, EventPage events, CancellationToken cancellationToken)
    {
        var grain = _grains.GetGrain<IResponseGrain>(response.Id);
        var outcome = await _calls.AskAsync(() => grain.StartAsync(response, events), outcome => outcome == StartOutcome.Elsewhere, cancellationToken);
        return outcome switch
        {
            StartOutcome.Started => true,
            StartOutcome.KeyTaken => false,
            StartOutcome.QueueFull => throw new RunQueueFullException(),
            _ => throw new StorageUnavailableException("The response could not be kept."),
        };
    }

    public IForegroundResponse Enter(StoredResponse response) => _foreground.Enter(response with { Owner = _owner });

    public async ValueTask<StoredResponse?> FindAsync(string? tenant, string id, CancellationToken cancellationToken) =>
        _foreground.Find(tenant, id) ?? await _store.FindAsync(tenant, id, cancellationToken);

    public async ValueTask<ResponseChain> FindChainAsync(string? tenant, string id, CancellationToken cancellationToken)
    {
        if (_foreground.Find(tenant, id) is { } running)
            return new ResponseChain([running], null);
        var chain = await _store.FindChainAsync(tenant, id, cancellationToken);
        return chain.Links is [.., { IsEnded: false } last] ? new ResponseChain([last], null) : chain;
    }

    public ValueTask<StoredResponse?> FindByIdempotencyKeyAsync(string? tenant, string key, CancellationToken cancellationToken) =>
        _store.FindByIdempotencyKeyAsync(tenant, key, cancellationToken);

    public IAsyncEnumerable<EventPage> ReadAsync(string? tenant, string id, long after, CancellationToken cancellationToken) =>
        ReadAsync(tenant, id, after, (from, token) => Grain(id).ReadAsync(from, token).WithBatchSize(PagesAtOnce), cancellationToken);

    public IAsyncEnumerable<EventPage> WatchAsync(string? tenant, string id, long after, CancellationToken cancellationToken) =>
        ReadAsync(tenant, id, after, (from, token) => _watcher.WatchAsync(id, from, token), cancellationToken);

    private async IAsyncEnumerable<EventPage> ReadAsync(
        string? tenant, string id, long after, Func<long, CancellationToken, IAsyncEnumerable<EventPage>> live, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _ended.Token);
        var found = await _store.FindAsync(tenant, id, cancellationToken);
        while (found is { IsEnded: false, Background: true } && !_ended.IsCancellationRequested)
        {
            var before = after;
            await foreach (var page in _calls.TryReadAsync(token => live(before, token), LogBroken, ending.Token))
            {
                var rest = page.After(after);
                if (rest.Count == 0)
                    continue;
                if (rest.First != after + 1)
                    break;
                after = rest.Last;
                yield return rest;
            }

            cancellationToken.ThrowIfCancellationRequested();
            found = await FindPatientlyAsync(tenant, id, cancellationToken);

            // Its silo is gone, or the storage is away: whoever has it next will go on behind what was read.
            if (found is { IsEnded: false } && before == after)
                await Task.Delay(_times.Pause, _time, ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        while (found is { IsEnded: true }
            && await StoredEvents.ReadAsync(_store, id, after, PageBytes, _time, cancellationToken) is { Count: > 0 } page)
        {
            yield return page;
            after = page.Last;
        }
    }

    public async ValueTask<StoredResponse?> CancelAsync(string? tenant, string id, CancellationToken cancellationToken)
    {
        var found = await _store.FindAsync(tenant, id, cancellationToken);
        if (found is not { IsEnded: false, Background: true })
            return found;
        var outcome = await _calls.AskAsync(() => Grain(id).CancelAsync(), outcome => outcome == GrainOutcome.Elsewhere, cancellationToken);
        if (outcome != GrainOutcome.Done)
            throw new StorageUnavailableException("The cancel could not be kept in time.");
        return await _store.FindAsync(tenant, id, cancellationToken);
    }

    public async ValueTask<DeleteOutcome> DeleteAsync(string? tenant, string id, CancellationToken cancellationToken) =>
        await FindAsync(tenant, id, cancellationToken) switch
        {
            null => DeleteOutcome.NotFound,
            { IsEnded: false } => DeleteOutcome.Running,
            _ => await _store.DeleteAsync(tenant, id, cancellationToken) ? DeleteOutcome.Deleted : DeleteOutcome.NotFound,
        };

    public void Dispose()
    {
        _stopping.Dispose();
        _renewal?.Dispose();
        _foreground.Dispose();
        _ended.Cancel();
    }

    private IResponseGrain Grain(string id) => _grains.GetGrain<IResponseGrain>(id);

    // Streams that are followed may end by themselves for a while, and where all silos stop, with their responses; who follows on goes to another node.
    private void LetReadersGo() => _ended.CancelAfter(_configuration.Current.Responses.DrainTimeout + ClosingTime);

    private async Task RenewAsync()
    {
        try
        {
            await _registry.RenewAsync(_owner, _times.Lease);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            LogNotRenewed(e);
        }
    }

    private async ValueTask<StoredResponse?> FindPatientlyAsync(string? tenant, string id, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await _store.FindAsync(tenant, id, cancellationToken);
            }
            catch (StorageUnavailableException) when (!_ended.IsCancellationRequested)
            {
                await Task.Delay(StoredEvents.RetryDelay, _time, cancellationToken);
            }
        }
    }

    [LoggerMessage(5101, LogLevel.Debug, "A response's events could not be read on from its grain; they are read again from there.")]
    private partial void LogBroken(Exception exception);

    [LoggerMessage(5102, LogLevel.Warning, "The lease of this node could not be renewed; without it, what its clients' calls run will be taken for lost.")]
    private partial void LogNotRenewed(Exception exception);
}
