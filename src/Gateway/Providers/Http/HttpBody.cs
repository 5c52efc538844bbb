using System.Runtime.CompilerServices;

namespace AiGateway.Providers.Http;

/// <summary>
/// A body as it arrives. A read that finds bytes at hand costs nothing extra; one that must wait is held against the
/// first-byte limit (counted from the request) or, later, the idle limit.
/// </summary>
internal sealed class HttpBody : ForwardStream
{
    private readonly Stream _inner;
    private readonly CallClocks _clocks;
    private readonly CallClock _clock;
    private readonly CancellationToken _caller;
    private readonly TimeSpan _idle;
    private readonly long _firstByteDeadline;
    private bool _begun;
    private int _reading;
    private int _disposed;

    /// <summary>Takes over a body and its clock.</summary>
    /// <param name="inner">The HTTP stack's stream; disposing it ends the exchange.</param>
    /// <param name="clocks">Where the clock goes back to.</param>
    /// <param name="clock">The call's clock.</param>
    /// <param name="caller">The caller's token, which the clock is tied to.</param>
    /// <param name="idle">The longest silence between two bytes.</param>
    /// <param name="firstByteDeadline">When the first byte is late.</param>
    public HttpBody(Stream inner, CallClocks clocks, CallClock clock, CancellationToken caller, TimeSpan idle, long firstByteDeadline)
    {
        _inner = inner;
        _clocks = clocks;
        _clock = clock;
        _caller = caller;
        _idle = idle;
        _firstByteDeadline = firstByteDeadline;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<int>(cancellationToken);

        ValueTask<int> read;
        try
        {
            read = _inner.ReadAsync(buffer, _clock.Token);
        }
        catch (Exception e)
        {
            // What is wrong with bytes that are at hand is thrown here and not through the task.
            return ValueTask.FromException<int>(Translate(e, cancellationToken));
        }

        if (!read.IsCompletedSuccessfully)
            return WaitAsync(read, cancellationToken);

        var count = read.Result;
        _begun |= count > 0;
        return new ValueTask<int>(count);
    }

    public override async ValueTask DisposeAsync()
    {
        if (BeginDispose())
        {
            await _inner.DisposeAsync();
            EndDispose();
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && BeginDispose())
        {
            _inner.Dispose();
            EndDispose();
        }

        base.Dispose(disposing);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> WaitAsync(ValueTask<int> read, CancellationToken cancellationToken)
    {
        Volatile.Write(ref _reading, 1);
        _clock.WaitUntil(_begun ? _clock.After(_idle) : _firstByteDeadline);
        var registration = cancellationToken == _caller
            ? default
            : cancellationToken.UnsafeRegister(static state => ((CallClock)state!).Cancel(), _clock);
        try
        {
            var count = await read;
            _begun |= count > 0;
            return count;
        }
        catch (Exception e)
        {
            throw Translate(e, cancellationToken);
        }
        finally
        {
            registration.Dispose();
            _clock.Settle();
            Volatile.Write(ref _reading, 0);
        }
    }

    // Whatever a cancelled read throws, the reason is the token's: some layers report it as a broken connection.
    private Exception Translate(Exception e, CancellationToken cancellationToken)
    {
        if (_caller.IsCancellationRequested)
            return new OperationCanceledException(e.Message, e, _caller);
        if (cancellationToken.IsCancellationRequested)
            return new OperationCanceledException(e.Message, e, cancellationToken);
        if (_clock.Expired)
            return new ProviderException(_begun ? ProviderFailure.IdleTimeout : ProviderFailure.FirstByteTimeout, e);
        if (Volatile.Read(ref _disposed) != 0)
            return new ObjectDisposedException(nameof(HttpBody), e);
        return new ProviderException(HttpFailures.Of(e), e);
    }

    private bool BeginDispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return false;
        // A read that is under way keeps the clock: it is ended here, and the clock is not used again.
        if (Volatile.Read(ref _reading) != 0)
            _clock.Cancel();
        return true;
    }

    private void EndDispose()
    {
        if (Volatile.Read(ref _reading) == 0)
            _clocks.Return(_clock);
    }
}
