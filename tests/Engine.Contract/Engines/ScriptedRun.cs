using AiGateway.Responses;
using AiGateway.Responses.Running;

namespace AiGateway.Engine.Contract.Engines;

/// <summary>A response that runs, told event by event what its model says.</summary>
public sealed class ScriptedRun
{
    private readonly ResponseRun _run;
    private readonly TaskCompletionSource _told = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal ScriptedRun(ResponseRun run, CancellationToken cancellationToken)
    {
        _run = run;
        Token = cancellationToken;
        cancellationToken.Register(() => _cancelled.TrySetResult());
    }

    /// <summary>The response's id.</summary>
    public string Id => _run.Response.Id;

    /// <summary>The run's token.</summary>
    public CancellationToken Token { get; }

    /// <summary>Ends when the token does.</summary>
    public Task Cancelled => _cancelled.Task.WaitAsync(TimeSpan.FromSeconds(30));

    /// <summary>Says some words more.</summary>
    /// <param name="count">How many events that makes.</param>
    /// <param name="padding">How many bytes each is longer than it must be.</param>
    public async Task SayAsync(int count = 1, int padding = 0)
    {
        for (var i = 0; i < count; i++)
        {
            var sequence = _run.NextSequence;
            await _run.AppendAsync(new ResponseEvent(sequence, Known.Delta, Known.Event(Known.Delta, Id, sequence, padding).Json));
        }
    }

    /// <summary>Ends well: the task ends when that is kept.</summary>
    /// <exception cref="OperationCanceledException">It ended otherwise.</exception>
    public async Task CompleteAsync()
    {
        var body = Known.Body(Id, "completed");
        _run.Stage("completed", body);
        try
        {
            if (!_run.Response.Stream)
                return;
            var sequence = _run.NextSequence;
            await _run.EndAsync(new ResponseEvent(sequence, "response.completed", Known.Terminal("response.completed", sequence, body)));
        }
        finally
        {
            _told.TrySetResult();
        }
    }

    /// <summary>Breaks: the runner throws what no runner should.</summary>
    public void Break() => _told.TrySetException(new NotSupportedException("A runner that throws."));

    internal void Abandon() => _told.TrySetCanceled();

    // As a real one: it ends when it was told all, or when its token ends, whichever is first.
    internal Task LeaveAsync() => _told.Task.WaitAsync(Token);
}
