namespace AiGateway.Pipeline.Background;

/// <summary>Times the silences of one stream with one timer, which is not set anew for each event: thousands of events come within the time that it waits for.</summary>
/// <param name="time">The clock.</param>
internal sealed class Silence(TimeProvider time) : IDisposable
{
    private readonly CancellationTokenSource _over = new();
    private Task _due = Task.CompletedTask;
    private long _began = time.GetTimestamp();

    /// <summary>Something was sent: the silence begins anew.</summary>
    public void Begin() => _began = time.GetTimestamp();

    /// <summary>Waits for what ends the silence, but no longer than for a time since its beginning.</summary>
    /// <param name="end">What ends it.</param>
    /// <param name="most">That time; the next silence begins with it.</param>
    /// <returns>Whether it lasted for that time.</returns>
    public async ValueTask<bool> LastsAsync(Task end, TimeSpan most)
    {
        while (!end.IsCompleted)
        {
            var left = most - time.GetElapsedTime(_began);
            if (left <= TimeSpan.Zero)
            {
                Begin();
                return true;
            }

            if (_due.IsCompleted)
                _due = Task.Delay(left, time, _over.Token);
            await Task.WhenAny(end, _due);
        }

        return false;
    }

    public void Dispose()
    {
        _over.Cancel();
        _over.Dispose();
    }
}
