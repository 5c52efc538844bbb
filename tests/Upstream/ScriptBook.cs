using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace AiGateway.Upstream;

/// <summary>Which script the next request gets.</summary>
internal sealed class ScriptBook
{
    private readonly ConcurrentQueue<Script> _queue = new();
    private ImmutableList<(Func<ReceivedRequest, bool> Predicate, Script Script)> _rules = [];

    public Script? Always { get; set; }

    public void Enqueue(IEnumerable<Script> scripts)
    {
        foreach (var script in scripts) _queue.Enqueue(script);
    }

    public void When(Func<ReceivedRequest, bool> predicate, Script script) =>
        ImmutableInterlocked.Update(ref _rules, (rules, rule) => rules.Add(rule), (predicate, script));

    public Script Choose(ReceivedRequest request)
    {
        if (_queue.TryDequeue(out var next)) return next;
        foreach (var (predicate, script) in _rules)
        {
            if (predicate(request)) return script;
        }

        return Always ?? StandardAnswers.For(request);
    }
}
