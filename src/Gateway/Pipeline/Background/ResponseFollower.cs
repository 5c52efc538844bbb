using AiGateway.Configuration;
using AiGateway.Engine;
using AiGateway.Hooks;

namespace AiGateway.Pipeline.Background;

/// <summary>Sends a client the events of a background response from its log: those that were, then those to come, to the end.</summary>
internal sealed class ResponseFollower(IResponseEngine engine, HookSet hooks, GatewayConfiguration configuration, TimeProvider time)
{
    // As much as a client that does not read may leave unsent.
    private const int MostUnflushed = 64 * 1024;

    /// <summary>Sends the call that created a response all of its events.</summary>
    /// <param name="call">The call.</param>
    /// <param name="response">The response.</param>
    /// <param name="first">Its first events, which are kept already: what comes behind them is asked of the engine.</param>
    /// <param name="output">Where the events go.</param>
    /// <param name="cancellationToken">Ends when the client leaves; the response does not notice.</param>
    public ValueTask SendAsync(GatewayCall call, StoredResponse response, EventPage first, CallOutput output, CancellationToken cancellationToken) =>
        RelayAsync(call, response, first, engine.ReadAsync(response.Tenant, response.Id, first.Last, cancellationToken), output, cancellationToken);

    /// <summary>Follows a response that another call created.</summary>
    /// <param name="call">The call that follows.</param>
    /// <param name="response">The response.</param>
    /// <param name="after">The sequence number behind which to begin; -1 for the first.</param>
    /// <param name="output">Where the events go.</param>
    /// <param name="cancellationToken">Ends when the client leaves; the response does not notice.</param>
    public ValueTask FollowAsync(GatewayCall call, StoredResponse response, long after, CallOutput output, CancellationToken cancellationToken) =>
        RelayAsync(call, response, default, engine.WatchAsync(response.Tenant, response.Id, after, cancellationToken), output, cancellationToken);

    private async ValueTask RelayAsync(GatewayCall call, StoredResponse response, EventPage first, IAsyncEnumerable<EventPage> events, CallOutput output, CancellationToken cancellationToken)
    {
        var writer = new EventStreamWriter(output);
        writer.Start();
        writer.WriteFrames(first.Frames.Span);
        await writer.FlushAsync(cancellationToken);
        try
        {
            await RelayAsync(events, writer, cancellationToken);

            // Where the process stops, a response that waits has not ended: its client is not to take the stream's end for that.
            if (await engine.FindAsync(response.Tenant, response.Id, cancellationToken) is { IsEnded: true })
                writer.WriteDone();
            await writer.FlushAsync(cancellationToken);
        }
        catch (Exception e) when (ClientLeftException.Is(e, cancellationToken))
        {
            await hooks.ResponseAsync(call, CallResult.ForStream(clientLeft: true), CancellationToken.None);
            throw;
        }

        await hooks.ResponseAsync(call, CallResult.ForStream(clientLeft: false), cancellationToken);
    }

    private async ValueTask RelayAsync(IAsyncEnumerable<EventPage> events, EventStreamWriter writer, CancellationToken cancellationToken)
    {
        using var silence = new Silence(time);
        await using var pages = events.GetAsyncEnumerator(cancellationToken);
        while (await NextAsync(pages, writer, silence, cancellationToken))
        {
            writer.WriteFrames(pages.Current.Frames.Span);
            if (writer.Unflushed > MostUnflushed)
                await writer.FlushAsync(cancellationToken);
        }
    }

    // What was written goes out when no further event is at hand; and while there is none, the client hears that its response still runs.
    private async ValueTask<bool> NextAsync(IAsyncEnumerator<EventPage> pages, EventStreamWriter writer, Silence silence, CancellationToken cancellationToken)
    {
        var next = pages.MoveNextAsync();
        if (next.IsCompleted)
            return await next;
        var waiting = next.AsTask();
        try
        {
            await writer.FlushAsync(cancellationToken);
            silence.Begin();
            while (configuration.Current.HeartbeatInterval is var heartbeat && heartbeat > TimeSpan.Zero && await silence.LastsAsync(waiting, heartbeat))
            {
                writer.WriteHeartbeat();
                await writer.FlushAsync(cancellationToken);
            }
        }
        catch
        {
            // The enumerator may not be disposed while it moves.
            await ((Task)waiting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        return await waiting;
    }
}
