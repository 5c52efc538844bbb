using System.Collections.Concurrent;
using AiGateway.Configuration;
using AiGateway.Engine;
using AiGateway.Responses.Running;
using Microsoft.Extensions.Logging;

namespace AiGateway.Grains.Silos;

/// <summary>The background responses that wait and run at this silo, a bounded number of them at a time. Their grains are how the cluster finds them.</summary>
internal sealed class SiloRuns
{
    private readonly IResponseStore _store;
    private readonly Lazy<IResponseRunner> _runner;
    private readonly ResponseEnds _ends;
    private readonly GatewayConfiguration _configuration;
    private readonly TimeProvider _time;
    private readonly ILogger<ResponseRun> _logger;
    private readonly ConcurrentDictionary<string, ResponseRun> _runs = new(StringComparer.Ordinal);
    private readonly RunQueue _queue;
    private volatile bool _isDraining;

    public SiloRuns(
        SiloIdentity identity,
        IResponseStore store,
        Lazy<IResponseRunner> runner,
        ResponseEnds ends,
        GatewayConfiguration configuration,
        TimeProvider time,
        ILogger<ResponseRun> logger,
        ClusterMetrics metrics)
    {
        (Owner, _store, _runner, _ends, _configuration, _time, _logger) = (identity.Owner, store, runner, ends, configuration, time, logger);
        _queue = new RunQueue(() => configuration.Current.Responses.MaxRunning, () => configuration.Current.Responses.MaxWaiting);
        metrics.Watch(() => _runs.Values.Count(run => run.HasBegun), () => _runs.Values.Count(run => !run.HasBegun));
    }

    /// <summary>What this silo is called as an owner of runs.</summary>
    public string Owner { get; }

    /// <summary>The clock that runs go by.</summary>
    public TimeProvider Time => _time;

    /// <summary>Whether there is no room for another to wait.</summary>
    public bool IsFull => _queue.IsFull;

    /// <summary>Whether the silo stops: what has not begun here is another's to run.</summary>
    public bool IsDraining => _isDraining;

    /// <summary>The run of a response that waits or runs here; null where there is none.</summary>
    public ResponseRun? Find(string id) => _runs.TryGetValue(id, out var run) && !run.IsOver ? run : null;

    /// <summary>Has a response run when its turn comes.</summary>
    public ResponseRun Begin(StoredResponse response)
    {
        var run = Add(response);
        _queue.Add(run);
        return run;
    }

    /// <summary>Closes a response that was running when its owner ended.</summary>
    /// <returns>Its run, and the task that ends when its end is kept.</returns>
    public (ResponseRun Run, Task Closed) Close(StoredResponse response)
    {
        var run = Add(response);
        return (run, run.FailAsync(ResponseRun.Interrupted));
    }

    /// <summary>Lets what runs go on for a while, then closes it; lets go at once of what waits, where another silo may have it.</summary>
    /// <param name="handOver">Hands a response that waits to another silo; null where there is none.</param>
    public async Task DrainAsync(Func<string, Task>? handOver)
    {
        _isDraining = true;
        _queue.Close();
        var runs = _runs.Values.ToList();
        var running = Task.WhenAll(runs.Where(run => run.HasBegun).Select(run => run.Ended));
        if (handOver is not null)
        {
            foreach (var run in runs.Where(run => !run.HasBegun && !run.IsOver))
            {
                await run.StopAsync();
                _runs.TryRemove(KeyValuePair.Create(run.Response.Id, run));
                await handOver(run.Response.Id);
            }
        }

        await running.WaitAsync(_configuration.Current.Responses.DrainTimeout, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(runs.Select(run => run.StopAsync()));
    }

    private ResponseRun Add(StoredResponse response)
    {
        var run = new ResponseRun(response, _store, _runner.Value, _ends, _time, _logger);
        _runs[response.Id] = run;
        _ = ForgetAsync(run);
        return run;
    }

    private async Task ForgetAsync(ResponseRun run)
    {
        await run.Ended;
        _runs.TryRemove(KeyValuePair.Create(run.Response.Id, run));
    }
}
