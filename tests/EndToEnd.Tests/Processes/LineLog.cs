namespace AiGateway.EndToEnd.Tests.Processes;

/// <summary>Lines as a process prints them, and waiting for one of them.</summary>
internal sealed class LineLog
{
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private readonly List<(Func<string, bool> Condition, TaskCompletionSource<string?> Found)> _waiting = [];
    private bool _ended;

    public string Text
    {
        get
        {
            lock (_gate)
                return string.Join('\n', _lines);
        }
    }

    /// <summary>Adds a line; null is the end.</summary>
    public void Add(string? line)
    {
        lock (_gate)
        {
            if (line is null)
                _ended = true;
            else
                _lines.Add(line);
            foreach (var waiting in _waiting.FindAll(w => line is null || w.Condition(line)))
            {
                _waiting.Remove(waiting);
                waiting.Found.SetResult(line);
            }
        }
    }

    /// <summary>The first line, printed already or still to come, that satisfies a condition; null where the output ends without it.</summary>
    public Task<string?> FindAsync(Func<string, bool> condition)
    {
        lock (_gate)
        {
            if (_lines.Find(line => condition(line)) is { } there)
                return Task.FromResult<string?>(there);
            if (_ended)
                return Task.FromResult<string?>(null);
            var found = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((condition, found));
            return found.Task;
        }
    }
}
