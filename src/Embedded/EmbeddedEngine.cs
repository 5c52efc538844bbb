using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using AiGateway.Configuration;
using AiGateway.Engine;
using AiGateway.Responses.Running;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AiGateway.Embedded;

/// <summary>
/// The engine in one process: a directory of the responses that run in it. What does not run is found where it is kept. At its start it takes over what an
/// earlier process left: what had not started is run, what had started is closed.
/// </summary>
internal sealed partial class EmbeddedEngine : IResponseEngine, IHostedService, IDisposable
{
    private static readonly TimeSpan CancelPatience = TimeSpan.FromSeconds(10);
    private const int PageBytes = 256 * 1024;

    private readonly IResponseStore _store;
    private readonly Lazy<IResponseRunner> _runner;
    private readonly ResponseEnds _ends;
    private readonly GatewayConfiguration _configuration;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<string, ResponseRun> _runs = new(StringComparer.Ordinal);
    private readonly ForegroundRuns _foreground;
    private readonly RunQueue _queue;
    private Task _drained = Task.CompletedTask;
    private CancellationTokenRegistration _stopping;

    public EmbeddedEngine(
        IResponseStore store,
        Lazy<IResponseRunner> runner,
        ResponseEnds ends,
        GatewayConfiguration configuration,
        IHostApplicationLifetime lifetime,
        TimeProvider time,
        ILoggerFactory loggers)
    {
        (_store, _runner, _ends, _configuration, _lifetime, _time, _loggers) = (store, runner, ends, configuration, lifetime, time, loggers);
        _logger = loggers.CreateLogger<EmbeddedEngine>();
        _foreground = new ForegroundRuns(store, time);
        _queue = new RunQueue(() => configuration.Current.Responses.MaxRunning, () => configuration.Current.Responses.MaxWaiting);
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var closing = new List<Task>();
        foreach (var response in await _store.TakeOverAsync(cancellationToken))
        {
            var run = NewRun(response);
            if (response is { Status: "queued", Run: not null })
            {
                Begin(run);
            }
            else
            {
                LogClosed(response.Id);
                closing.Add(run.FailAsync(ResponseRun.Interrupted));
            }
        }

        await Task.WhenAll(closing);
        _foreground.Start();
        _stopping = _lifetime.ApplicationStopping.Register(() => _drained = DrainAsync());
    }

    public Task StopAsync(CancellationToken cancellationToken) => _drained.WaitAsync(cancellationToken);

    public async ValueTask<bool> StartAsync(StoredResponse response, EventPage events, CancellationToken cancellationToken)
    {
        if (_queue.IsFull)
            throw new RunQueueFullException();
        return await KeepAndBeginAsync(response, events).WaitAsync(cancellationToken);
    }

    public IForegroundResponse Enter(StoredResponse response) => _foreground.Enter(response);

    public async ValueTask<StoredResponse?> FindAsync(string? tenant, string id, CancellationToken cancellationToken) =>
        Running(tenant, id) ?? await _store.FindAsync(tenant, id, cancellationToken);

    public async ValueTask<ResponseChain> FindChainAsync(string? tenant, string id, CancellationToken cancellationToken) =>
        Running(tenant, id) is { } running ? new ResponseChain([running], null) : await _store.FindChainAsync(tenant, id, cancellationToken);

    public ValueTask<StoredResponse?> FindByIdempotencyKeyAsync(string? tenant, string key, CancellationToken cancellationToken) =>
        _store.FindByIdempotencyKeyAsync(tenant, key, cancellationToken);

    public async IAsyncEnumerable<EventPage> ReadAsync(string? tenant, string id, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (Run(tenant, id) is { } run)
        {
            await foreach (var page in run.ReadAsync(after, cancellationToken))
            {
                yield return page;
                after = page.Last;
            }

            if (run.Response.IsEnded)
                yield break;
        }
        else if (await _store.FindAsync(tenant, id, cancellationToken) is null)
        {
            yield break;
        }

        while (await StoredEvents.ReadAsync(_store, id, after, PageBytes, _time, cancellationToken) is { Count: > 0 } page)
        {
            yield return page;
            after = page.Last;
        }
    }

    public async ValueTask<StoredResponse?> CancelAsync(string? tenant, string id, CancellationToken cancellationToken)
    {
        if (Run(tenant, id) is not { } run)
            return await _store.FindAsync(tenant, id, cancellationToken);
        try
        {
            await run.CancelAsync().WaitAsync(CancelPatience, _time, cancellationToken);
        }
        catch (TimeoutException e)
        {
            throw new StorageUnavailableException("The cancel could not be kept in time.", e);
        }

        return run.Response.IsEnded ? run.Response : await _store.FindAsync(tenant, id, cancellationToken);
    }

    public async ValueTask<DeleteOutcome> DeleteAsync(string? tenant, string id, CancellationToken cancellationToken)
    {
        if (Running(tenant, id) is not null)
            return DeleteOutcome.Running;
        return await _store.DeleteAsync(tenant, id, cancellationToken) ? DeleteOutcome.Deleted : DeleteOutcome.NotFound;
    }

    public void Dispose()
    {
        _stopping.Dispose();
        _foreground.Dispose();
    }

    // Its client may leave meanwhile: what is kept is run.
    private async Task<bool> KeepAndBeginAsync(StoredResponse response, EventPage events)
    {
        if (!await _store.CreateAsync(response, events, CancellationToken.None))
            return false;
        Begin(NewRun(response));
        return true;
    }

    private ResponseRun NewRun(StoredResponse response) => new(response, _store, _runner.Value, _ends, _time, _loggers.CreateLogger<ResponseRun>());

    private void Begin(ResponseRun run)
    {
        _runs[run.Response.Id] = run;
        _ = ForgetAsync(run);
        _queue.Add(run);
    }

    private async Task ForgetAsync(ResponseRun run)
    {
        await run.Ended;
        _runs.TryRemove(run.Response.Id, out _);
    }

    // What is over may still be here for a moment, and in the store be deleted already.
    private ResponseRun? Run(string? tenant, string id) =>
        _runs.TryGetValue(id, out var run) && run.Response.Tenant == tenant && !run.IsOver ? run : null;

    private StoredResponse? Running(string? tenant, string id) => Run(tenant, id)?.Response ?? _foreground.Find(tenant, id);

    // Readers are clients' calls, and these end when the responses do: so it begins as soon as the process is told to stop.
    private async Task DrainAsync()
    {
        _queue.Close();
        var runs = _runs.Values.ToList();
        var running = Task.WhenAll(runs.Where(run => run.HasBegun).Select(run => run.Ended));
        try
        {
            await running.WaitAsync(_configuration.Current.Responses.DrainTimeout, _time);
        }
        catch (TimeoutException)
        {
            // The rest is closed as interrupted.
        }

        await Task.WhenAll(runs.Select(run => run.StopAsync()));
    }

    [LoggerMessage(3001, LogLevel.Warning, "The response {ResponseId} was running when the process that ran it ended; it is closed as failed.")]
    private partial void LogClosed(string responseId);
}
