using System.Collections.Concurrent;
using AiGateway.Responses.Running;

namespace AiGateway.Engine.Contract.Engines;

/// <summary>Runs responses as a test tells it to, event by event.</summary>
public sealed class ScriptedRunner : IResponseRunner
{
    private readonly ConcurrentQueue<string> _started = new();
    private readonly ConcurrentDictionary<string, ScriptedRun> _runs = new(StringComparer.Ordinal);
    private readonly Signal _changed = new();
    private int _active;
    private int _mostActive;

    /// <summary>The ids of the responses that were begun, in order.</summary>
    public IReadOnlyList<string> Started => [.. _started];

    /// <summary>How many ran at a time at most.</summary>
    public int MostActive => Volatile.Read(ref _mostActive);

    /// <summary>How many run now.</summary>
    public int Active => Volatile.Read(ref _active);

    /// <summary>What it does by itself with each response; null: it waits to be told.</summary>
    public Func<ScriptedRun, Task>? ByItself { get; init; }

    async Task IResponseRunner.RunAsync(ResponseRun run, CancellationToken cancellationToken)
    {
        var script = new ScriptedRun(run, cancellationToken);
        var active = Interlocked.Increment(ref _active);
        for (var most = MostActive; active > most; most = MostActive)
            Interlocked.CompareExchange(ref _mostActive, active, most);
        _runs[run.Response.Id] = script;
        _started.Enqueue(run.Response.Id);
        _changed.Raise();
        try
        {
            if (ByItself is not null)
                await ByItself(script);
            await script.LeaveAsync();
        }
        finally
        {
            Interlocked.Decrement(ref _active);
            _changed.Raise();
        }
    }

    /// <summary>The run of a response, as soon as it has begun.</summary>
    public async Task<ScriptedRun> RunOfAsync(string id)
    {
        await _changed.UntilAsync(() => _runs.ContainsKey(id), () => $"The run of {id}");
        return _runs[id];
    }

    /// <summary>Ends when none runs any more.</summary>
    public Task UntilIdleAsync() => _changed.UntilAsync(() => Active == 0, () => "Rest");

    /// <summary>Ends when so many were begun.</summary>
    public Task UntilStartedAsync(int count) => _changed.UntilAsync(() => _started.Count >= count, () => $"{count} runs");

    /// <summary>Lets all that still run end: nobody hears of it.</summary>
    public void Abandon()
    {
        foreach (var run in _runs.Values)
            run.Abandon();
    }
}
