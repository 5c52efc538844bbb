using System.Collections.Concurrent;

namespace AiGateway.Caching;

/// <summary>
/// Lets one of several like calls do the work and the others wait for what comes of it. Where the one that works leaves while others wait, its work goes on for them;
/// it is ended when nobody waits any more.
/// </summary>
/// <typeparam name="TValue">What comes of it.</typeparam>
internal sealed class Flights<TValue>
    where TValue : class
{
    private readonly ConcurrentDictionary<UInt128Pair, Flight> _flights = new();
    private int _waiting;

    /// <summary>How many wait for another's work.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Does the work, or waits for another's.</summary>
    /// <param name="key">What makes calls alike.</param>
    /// <param name="work">The work. What it throws, all get. Its token ends when nobody waits for it any more.</param>
    /// <param name="cancellationToken">Ends when the client leaves: a call that waits ends then, the one that works when its work does.</param>
    /// <returns>What came of it, and whether another did it.</returns>
    public async ValueTask<(TValue Value, bool IsShared)> RunAsync(UInt128Pair key, Func<CancellationToken, ValueTask<TValue>> work, CancellationToken cancellationToken)
    {
        while (true)
        {
            var mine = new Flight();
            var flight = _flights.GetOrAdd(key, mine);
            if (flight == mine)
                return (await WorkAsync(key, mine, work, cancellationToken), false);

            // One that nobody waits for any more is being ended: there is nothing to wait for.
            if (!flight.TryJoin())
            {
                _flights.TryRemove(KeyValuePair.Create(key, flight));
                continue;
            }

            Interlocked.Increment(ref _waiting);
            try
            {
                return (await flight.Ended.WaitAsync(cancellationToken), true);
            }
            finally
            {
                Interlocked.Decrement(ref _waiting);
                flight.Leave();
            }
        }
    }

    private async ValueTask<TValue> WorkAsync(UInt128Pair key, Flight flight, Func<CancellationToken, ValueTask<TValue>> work, CancellationToken cancellationToken)
    {
        await using var leaving = cancellationToken.UnsafeRegister(static flight => ((Flight)flight!).Leave(), flight);
        try
        {
            var value = await work(flight.Abandoned);
            Land();
            flight.End(value);
            return value;
        }
        catch (Exception e)
        {
            Land();
            flight.Fail(e);
            throw;
        }

        void Land() => _flights.TryRemove(KeyValuePair.Create(key, flight));
    }

    private sealed class Flight
    {
        private readonly Lock _gate = new();
        private readonly TaskCompletionSource<TValue> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly CancellationTokenSource _abandoned = new();
        private int _waiting = 1;

        public Task<TValue> Ended => _ended.Task;

        public CancellationToken Abandoned => _abandoned.Token;

        public bool TryJoin()
        {
            lock (_gate)
            {
                if (_waiting == 0)
                    return false;
                _waiting++;
                return true;
            }
        }

        public void Leave()
        {
            lock (_gate)
            {
                if (--_waiting > 0)
                    return;
            }

            if (!_ended.Task.IsCompleted)
                _abandoned.Cancel();
        }

        public void End(TValue value) => _ended.TrySetResult(value);

        public void Fail(Exception exception)
        {
            // It is thrown where the work is done too, so that it is seen also where nobody waits.
            if (_ended.TrySetException(exception))
                _ = _ended.Task.Exception;
        }
    }
}
