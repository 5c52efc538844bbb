using AiGateway.Providers.Events;

namespace AiGateway.Pipeline;

/// <summary>
/// Moves through a provider's events at the client's pace: what was written is flushed exactly when no further event is at hand, so that a burst
/// costs one flush and a lone token none of its time; and while the provider is silent, the client hears a heartbeat.
/// </summary>
internal sealed class EventPump(EventStreamReader reader, EventStreamWriter writer, TimeSpan heartbeat, TimeProvider time, CancellationToken cancellationToken)
{
    /// <summary>Moves to the next event.</summary>
    /// <returns>False at the stream's end.</returns>
    public ValueTask<bool> NextAsync()
    {
        var next = reader.ReadAsync();
        return next.IsCompleted ? next : WaitAsync(next);
    }

    private async ValueTask<bool> WaitAsync(ValueTask<bool> next)
    {
        if (heartbeat <= TimeSpan.Zero)
        {
            await writer.FlushAsync(cancellationToken);
            return await next;
        }

        // The read obeys the client's token by itself; it must have ended before its buffers are let go, so it is never abandoned.
        var read = next.AsTask();
        try
        {
            await writer.FlushAsync(cancellationToken);
            while (!read.IsCompleted)
            {
                if (await EndsWithinAsync(read))
                    break;
                writer.WriteHeartbeat();
                await writer.FlushAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            await read.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            throw;
        }

        return await read;
    }

    private async ValueTask<bool> EndsWithinAsync(Task<bool> read)
    {
        try
        {
            await read.WaitAsync(heartbeat, time, CancellationToken.None);
            return true;
        }
        catch (TimeoutException) when (!read.IsCompleted)
        {
            return false;
        }
        catch (Exception) when (read.IsCompleted)
        {
            return true;
        }
    }
}
