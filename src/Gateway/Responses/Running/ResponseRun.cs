using AiGateway.Engine;
using AiGateway.Protocol;
using Microsoft.Extensions.Logging;

namespace AiGateway.Responses.Running;

/// <summary>
/// A background response while it waits and runs: one object, wherever an engine puts it. It alone writes its response's log, and of all that
/// may end it (its own end, a cancel, a failure, the process's stop) it lets exactly one.
/// </summary>
/// <param name="response">The response, queued, as it is kept.</param>
/// <param name="store">Where it is kept.</param>
/// <param name="runner">Calls the model.</param>
/// <param name="ends">Says what becomes true with an end.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed partial class ResponseRun(
    StoredResponse response, IResponseStore store, IResponseRunner runner, ResponseEnds ends, TimeProvider time, ILogger<ResponseRun> logger)
{
    // A storage that cannot be used shall not hold up a process that is to stop: the next start closes the response.
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(5);

    private readonly ResponseLog _log = new(store, response.Id, response.Epoch, response.LastSequence, time);
    private readonly CancellationTokenSource _running = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private (string Status, ReadOnlyMemory<byte> Body)? _staged;
    private Task? _end;
    private TaskCompletionSource<StorageUnavailableException>? _refused;
    private volatile bool _isBegun;
    private bool _isStopped;

    /// <summary>The response as it is now.</summary>
    public StoredResponse Response { get; private set; } = response;

    /// <summary>Says, to a status that it ends with, what it used so far; null until its runner measures it.</summary>
    public Func<string, UsageRecord?>? Measured { get; set; }

    /// <summary>Whether its turn has come.</summary>
    public bool HasBegun => _isBegun;

    /// <summary>Whether it has ended, and its end is kept, or it is another's to run: the store knows better than this run.</summary>
    public bool IsOver => Response.IsEnded || _log.IsLost;

    /// <summary>completed, incomplete, failed or cancelled; null while nothing has ended it.</summary>
    public string? EndsAs { get; private set; }

    /// <summary>The sequence number that the next event gets.</summary>
    public long NextSequence => _log.Next;

    /// <summary>Ends when the response has ended and its end is kept; or when it is another's to run.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Runs the response, unless it was cancelled while it waited. Never throws.</summary>
    /// <returns>A task that ends with the response.</returns>
    public async Task RunAsync()
    {
        // Another owns it now: the model is not to be called for it twice.
        using var lost = _log.Lost.UnsafeRegister(static running => _ = ((CancellationTokenSource)running!).CancelAsync(), _running);
        try
        {
            if (!await BeginAsync())
                return;
            await runner.RunAsync(this, _running.Token);
            await EndAsync(null);
        }
        catch (OperationCanceledException) when (_running.IsCancellationRequested)
        {
            // Whoever cancelled it ends it.
        }
        catch (Exception e)
        {
            LogFailed(e, Response.Id);
            await FailAsync(GatewayErrors.Internal()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            if (_log.Failure is { } failure)
                LogFailed(failure, Response.Id);
            // An end may still be on its way to be kept.
            await (_end ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _ended.TrySetResult();
        }
    }

    /// <summary>Writes an event.</summary>
    /// <exception cref="OperationCanceledException">The response has ended otherwise.</exception>
    public ValueTask AppendAsync(ResponseEvent responseEvent)
    {
        lock (_gate)
        {
            if (_end is not null || _log.IsLost)
                throw new OperationCanceledException(_running.Token);
            return _log.AppendAsync(responseEvent.Type, responseEvent.Utf8.Span);
        }
    }

    /// <summary>Says how the response is about to end. It ends with its terminal event, or, without one, with <see cref="EndAsync"/>.</summary>
    /// <param name="status">completed, incomplete or failed.</param>
    /// <param name="body">The final response object.</param>
    public void Stage(string status, ReadOnlyMemory<byte> body) => _staged = (status, body);

    /// <summary>Ends the response as it was staged.</summary>
    /// <param name="terminal">The terminal event; null where the response has none, or a hook dropped it.</param>
    /// <returns>A task that ends when the end is kept.</returns>
    /// <exception cref="OperationCanceledException">The response has ended otherwise.</exception>
    public async Task EndAsync(ResponseEvent? terminal)
    {
        if (_staged is not var (status, body))
        {
            await (_end ?? throw new InvalidOperationException("A run ended without saying how."));
            return;
        }

        _staged = null;
        if (!TryClose(status, body, terminal is { } last ? _ => last : null, out var end))
            throw new OperationCanceledException(_running.Token);
        await end;
        if (!Response.IsEnded)
            throw new OperationCanceledException(_running.Token);
    }

    /// <summary>Fails the response, unless it has ended.</summary>
    /// <param name="error">Why.</param>
    /// <returns>A task that ends when the end, this one or another, is kept.</returns>
    public async Task FailAsync(GatewayError error)
    {
        var body = BodyStates.Failed(Response.Body, error);
        if (TryClose(ResponseStatus.Failed, body, Terminal(body), out var end))
            await _running.CancelAsync();
        await end;
    }

    /// <summary>Cancels the response, unless it has ended. Its readers get <c>response.failed</c> with the status cancelled, for there is no event of that name (<c>spec/responses.md</c> §11).</summary>
    /// <returns>A task that ends when the end, this one or another, is kept.</returns>
    /// <exception cref="StorageUnavailableException">The end cannot be kept now. The model is let go of all the same, and the end is kept as soon as it can be.</exception>
    public async Task CancelAsync()
    {
        var refused = NextRefusal();
        var body = BodyStates.Cancelled(Response.Body);
        if (TryClose(ResponseStatus.Cancelled, body, Terminal(body), out var end))
            await _running.CancelAsync();
        if (await Task.WhenAny(end, refused) == refused)
            throw new StorageUnavailableException("The cancel could not be kept.", await refused);
        await end;
    }

    /// <summary>Ends the response because the process stops: one that runs fails, one that waits keeps its place for the next start.</summary>
    public async Task StopAsync()
    {
        lock (_gate)
            _isStopped = true;
        if (_isBegun)
            await Task.WhenAny(FailAsync(Interrupted), Task.Delay(StopPatience, time));
        await _stopping.CancelAsync();
        _log.Leave();
    }

    /// <summary>Reads events: those kept, then those to come, to the terminal one.</summary>
    /// <param name="after">The sequence number behind which to begin; -1 for the first.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public IAsyncEnumerable<EventPage> ReadAsync(long after, CancellationToken cancellationToken) => _log.ReadAsync(after, cancellationToken);

    /// <summary>What readers of a response are told whose owner died or stopped.</summary>
    public static GatewayError Interrupted { get; } = new(
        500, GatewayErrors.ServerErrorType, "server_error", "The response was interrupted: the process that ran it stopped. What was not finished is lost; send the request again.");

    // Kept before the model is called: after a crash nobody could tell whether it was.
    private async Task<bool> BeginAsync()
    {
        var body = BodyStates.InProgress(Response.Body);
        while (true)
        {
            try
            {
                lock (_gate)
                {
                    if (_end is not null || _isStopped)
                        return false;
                    _isBegun = true;
                }

                if (!await store.BeginAsync(Response.Id, Response.Epoch, body))
                    return false;
                lock (_gate)
                {
                    if (_end is null)
                        Response = Response with { Status = ResponseStatus.InProgress, Body = body };
                }

                return true;
            }
            catch (StorageUnavailableException) when (!_running.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), time, _running.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private bool TryClose(string status, ReadOnlyMemory<byte> body, Func<long, ResponseEvent>? terminal, out Task end)
    {
        lock (_gate)
        {
            var isFirst = _end is null;
            EndsAs ??= status;
            end = _end ??= CloseAsync(status, body, terminal);
            return isFirst;
        }
    }

    private async Task CloseAsync(string status, ReadOnlyMemory<byte> body, Func<long, ResponseEvent>? terminal)
    {
        // Off the lock, and off the thread of whoever only wants to know that it is on its way.
        await Task.Yield();
        var end = ends.Of(Response, status, body) with { Usage = ends.UsageOf(Response, status, Measured) };
        try
        {
            await _log.CloseAsync(terminal, events => KeepEndAsync(HasEvents ? end with { Events = events } : end), Refuse, _stopping.Token);
        }
        finally
        {
            if (!_isBegun)
                _ended.TrySetResult();
        }
    }

    private Task<StorageUnavailableException> NextRefusal()
    {
        lock (_gate)
            return (_refused ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
    }

    private void Refuse(StorageUnavailableException exception)
    {
        TaskCompletionSource<StorageUnavailableException>? refused;
        lock (_gate)
            (refused, _refused) = (_refused, null);
        refused?.SetResult(exception);
    }

    // Before any reader hears of it: whoever asks then, finds it ended.
    private async ValueTask<bool> KeepEndAsync(ResponseEnd end)
    {
        var isKept = await store.EndAsync(Response, end);
        if (isKept)
            Response = Response with { Status = end.Status, Body = end.Body, LastSequence = _log.Next - 1, Run = null };
        return isKept;
    }

    // Those of a response that its client's call ran were its client's only.
    private bool HasEvents => Response is { Background: true, Stream: true };

    private Func<long, ResponseEvent>? Terminal(byte[] body) =>
        HasEvents ? sequence => BodyStates.Event("response.failed", sequence, body) : null;

    [LoggerMessage(1301, LogLevel.Error, "The background response {ResponseId} failed inside the gateway.")]
    private partial void LogFailed(Exception exception, string responseId);
}
