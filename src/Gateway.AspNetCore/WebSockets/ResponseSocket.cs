using System.Net;
using System.Net.WebSockets;
using AiGateway.Configuration;
using AiGateway.Hooks;
using AiGateway.Pipeline;
using AiGateway.Pipeline.Turns;
using AiGateway.Protocol;
using AiGateway.Providers;

namespace AiGateway.AspNetCore.WebSockets;

/// <summary>
/// One connection: it reads messages at any time, so that it sees the client leave, and serves them one after the other. It ends when the client closes or
/// is gone, which takes the turn in flight with it; or when its time is over or the process stops, which lets that turn end first, within a bound.
/// </summary>
internal sealed class ResponseSocket(
    WebSocket socket, string id, CallHeaders headers, IPAddress? remote, ResponseTurns turns, CallGauge calls, GatewayConfiguration configuration, TimeProvider time) : IDisposable
{
    /// <summary>How long a turn may go on when the connection's time is over.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(5);

    private readonly TurnHeaders _headers = new(headers);
    private readonly ConnectionTurns _local = new(() => configuration.Current.MaxRequestBodyBytes);
    private readonly TurnQueue _queue = new(() => configuration.Current.Responses.WebSocketMaxWaiting, () => configuration.Current.MaxRequestBodyBytes);
    private readonly MessageReader _reader = new(socket, () => configuration.Current.MaxRequestBodyBytes);
    private bool _clientLeft;

    /// <summary>How many turns there were.</summary>
    public long Turns { get; private set; }

    /// <summary>Serves the connection to its end. Never throws.</summary>
    /// <param name="aborted">Ends when the connection is lost.</param>
    /// <param name="stopping">Ends when the process is told to stop.</param>
    public async Task RunAsync(CancellationToken aborted, CancellationToken stopping)
    {
        var lifetime = configuration.Current.Responses.WebSocketLifetime;
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        using var limit = new CancellationTokenSource(lifetime, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping, gone.Token);

        // What is in flight when the end comes may take so long; then it is as if the client had left.
        using var patience = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        using var afterLimit = limit.Token.Register(() => patience.CancelAfter(Grace));
        using var afterStop = stopping.Register(() => patience.CancelAfter(configuration.Current.Responses.DrainTimeout));
        using var atLast = patience.Token.Register(gone.Cancel);

        var reading = ReadAsync(gone);
        var end = await ServeAsync(ending.Token, gone.Token);

        // A close that came is answered by whoever read it: to let go of the connection before would take the answer from its client.
        if (_clientLeft)
            await reading;
        else
            await CloseAsync(end ?? (stopping.IsCancellationRequested ? SocketEnd.Stopping : SocketEnd.Expired(lifetime)), reading);
        socket.Abort();
        await reading;
    }

    public void Dispose() => _queue.Dispose();

    private async Task ReadAsync(CancellationTokenSource gone)
    {
        try
        {
            while (await _reader.ReadAsync() is { Kind: not SocketMessageKind.Close } message)
                _queue.Add(message);
        }
        catch (Exception e) when (SocketFrames.IsGone(e))
        {
            // It left without a word.
        }

        _clientLeft = true;
        await gone.CancelAsync();
        if (socket.State == WebSocketState.CloseReceived)
            await TryAsync(token => socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, token));
    }

    private async Task<SocketEnd?> ServeAsync(CancellationToken ending, CancellationToken gone)
    {
        try
        {
            while (true)
            {
                var message = await _queue.TakeAsync(ending);
                switch (message.Kind)
                {
                    case SocketMessageKind.TooLarge:
                        return SocketEnd.TooLarge(configuration.Current.MaxRequestBodyBytes);
                    case SocketMessageKind.OneTooMany:
                        await SocketFrames.SendAsync(socket, Envelope(TurnErrors.QueueFull(), Ids.New(Ids.Request, time)), gone);
                        break;
                    default:
                        if (!await ServeAsync(message.Utf8, gone))
                            return SocketEnd.Denied;
                        break;
                }
            }
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private async Task<bool> ServeAsync(ReadOnlyMemory<byte> message, CancellationToken gone)
    {
        Turns++;
        calls.Begin();
        try
        {
            var call = new GatewayCall(Ids.New(Ids.Request, time), ApiKind.Responses, _headers, time) { RemoteAddress = remote };
            var output = new SocketOutput(socket, call.Id, _queue.Done);
            var isAdmitted = await turns.ServeAsync(call, message, _local, output, gone);
            await output.EndAsync(gone);
            return isAdmitted || output.Status is not (401 or 403);
        }
        finally
        {
            calls.End();
        }
    }

    private Task CloseAsync(SocketEnd end, Task reading) => TryAsync(async token =>
    {
        if (end.Error is { } error)
            await SocketFrames.SendAsync(socket, Envelope(error, id), token);
        await socket.CloseOutputAsync(end.Status, end.Reason, token);
        await reading.WaitAsync(token);
    });

    private async Task TryAsync(Func<CancellationToken, Task> close)
    {
        using var patience = new CancellationTokenSource(ClosePatience, time);
        try
        {
            await close(patience.Token);
        }
        catch (Exception e) when (SocketFrames.IsGone(e))
        {
            // Nobody is there to close with.
        }
    }

    private static ReadOnlyMemory<byte> Envelope(GatewayError error, string requestId) =>
        ErrorEnvelope.Of(error, [KeyValuePair.Create("x-request-id", requestId)]);
}
