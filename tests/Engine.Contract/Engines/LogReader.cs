using System.Text;

namespace AiGateway.Engine.Contract.Engines;

/// <summary>Follows a response and notes what it is told; fails where that has a gap, or is not kept yet.</summary>
internal sealed class LogReader
{
    private readonly Node _node;
    private readonly string _id;
    private readonly CancellationTokenSource _leaving = new();
    private readonly Signal _changed = new();
    private readonly MemoryStream _bytes = new();
    private volatile TaskCompletionSource? _pause;
    private long _last;

    private LogReader(Node node, string? tenant, string id, long after)
    {
        (_node, _id, After, _last) = (node, id, after, after);
        Ended = Task.Run(() => FollowAsync(tenant));
    }

    /// <summary>The sequence number behind which it began.</summary>
    public long After { get; }

    /// <summary>The last event that it was told of.</summary>
    public long Last => Volatile.Read(ref _last);

    /// <summary>Ends when the log does; fails where what it read is wrong.</summary>
    public Task Ended { get; }

    /// <summary>All it was told, once it has ended.</summary>
    public string Text => Encoding.UTF8.GetString(_bytes.ToArray());

    public static LogReader Start(Node node, string id, long after = -1, string? tenant = null) => new(node, tenant, id, after);

    /// <summary>Reads to the end.</summary>
    public static async Task<string> ReadAsync(Node node, string id, long after = -1, string? tenant = null) =>
        await Start(node, id, after, tenant).AllAsync();

    /// <summary>All it was told, when the log has ended.</summary>
    public async Task<string> AllAsync()
    {
        await Ended.WaitAsync(TimeSpan.FromSeconds(30));
        return Text;
    }

    /// <summary>Ends when it was told of an event.</summary>
    public Task UntilAsync(long sequence) => _changed.UntilAsync(() => Last >= sequence || Ended.IsCompleted, () => $"Event {sequence} of {_id}, not {Last}");

    /// <summary>Takes no further page until <see cref="GoOn"/>.</summary>
    public void Pause() => _pause = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void GoOn() => _pause?.TrySetResult();

    public Task LeaveAsync() => _leaving.CancelAsync();

    private async Task FollowAsync(string? tenant)
    {
        try
        {
            await foreach (var page in _node.Engine.ReadAsync(tenant, _id, After, _leaving.Token))
            {
                Assert.Equal(Last + 1, page.First);
                Assert.Equal(page.Count, Logs.Count(page.Frames));
                if (page.Last > _node.Faults.Kept(_id) && !_node.Faults.IsDead)
                    Assert.True((await _node.Storage.Store.ReadEventsAsync(_id, page.Last - 1, 1, default)).Count > 0, $"Event {page.Last} of {_id} was told and is not kept.");
                _bytes.Write(page.Frames.Span);
                Volatile.Write(ref _last, page.Last);
                _changed.Raise();
                if (_pause is { } pause)
                    await pause.Task;
            }
        }
        finally
        {
            _changed.Raise();
        }
    }
}
