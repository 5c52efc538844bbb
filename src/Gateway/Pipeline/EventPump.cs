using System.Runtime.CompilerServices;
using AiGateway.Providers.Events;

namespace AiGateway.Pipeline;

/// <summary>
/// Moves through a provider's events at the client's pace: what was written is flushed when no further event is at hand, so that a burst costs
/// one flush and a lone token none of its time, and when much has gathered, so that a client who does not read holds the provider back; and while the provider is silent, the client hears a heartbeat.
/// </summary>
/// <remarks>
/// The heartbeat's timer ticks by itself and looks whether a wait has lasted, since to arm one for each wait would cost more than the wait's other work.
/// It writes only while the pump waits, so that two never write at once.
/// </remarks>
internal sealed class EventPump(EventStreamReader reader, EventWriter writer, TimeSpan heartbeat, TimeProvider time, CancellationToken cancellationToken)
    : IDisposable
{
    /// <summary>The bytes that are flushed at the latest: a provider that never pauses must not be the only one who decides when, since nothing would hold it back.</summary>
    public const int MostUnflushed = 32 * 1024;

    private readonly Lock _gate = new();
    private ITimer? _timer;
    private bool _waits;
    private long _quietSince;
    private TaskCompletionSource? _beat;

    /// <summary>Moves to the next event.</summary>
    /// <returns>False at the stream's end.</returns>
    public ValueTask<bool> NextAsync()
    {
        if (writer.Unflushed >= MostUnflushed)
            return FlushFirstAsync();
        var next = reader.ReadAsync();
        return next.IsCompleted ? next : WaitAsync(next);
    }

    public void Dispose() => _timer?.Dispose();

    private async ValueTask<bool> FlushFirstAsync()
    {
        await writer.FlushAsync(cancellationToken);
        return await NextAsync();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> WaitAsync(ValueTask<bool> next)
    {
        // Where the client left, the read is left too: it ends when the provider's answer is disposed.
        await writer.FlushAsync(cancellationToken);
        BeginWait();
        try
        {
            return await next;
        }
        finally
        {
            await EndWaitAsync();
        }
    }

    private void BeginWait()
    {
        if (heartbeat <= TimeSpan.Zero)
            return;
        lock (_gate)
        {
            _waits = true;
            _quietSince = time.GetTimestamp();
        }

        _timer ??= time.CreateTimer(static pump => _ = ((EventPump)pump!).TickAsync(), this, heartbeat / 4, heartbeat / 4);
    }

    private ValueTask EndWaitAsync()
    {
        lock (_gate)
        {
            _waits = false;
            return _beat is null ? default : new ValueTask(_beat.Task);
        }
    }

    private async Task TickAsync()
    {
        TaskCompletionSource beat;
        lock (_gate)
        {
            if (!_waits || _beat is not null || time.GetElapsedTime(_quietSince) < heartbeat)
                return;
            _beat = beat = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        try
        {
            writer.WriteHeartbeat();
            await writer.FlushAsync(cancellationToken);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // Nobody waits for a heartbeat: a client that left ends the read by its token.
            return;
        }
        finally
        {
            lock (_gate)
            {
                _beat = null;
                _quietSince = time.GetTimestamp();
            }

            beat.SetResult();
        }
    }
}
