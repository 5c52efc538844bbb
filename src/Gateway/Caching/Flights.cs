using System.Collections.Concurrent;

namespace AiGateway.Caching;

/// <summary>
/// Lets one of several like calls do the work and the others wait for what comes of it. Where the one that works leaves, the next one works: it is not
/// its fault, and a call's work is tied to its own client's request.
/// </summary>
/// <typeparam name="TValue">What comes of it.</typeparam>
internal sealed class Flights<TValue>
    where TValue : class
{
    private readonly ConcurrentDictionary<UInt128Pair, TaskCompletionSource<TValue?>> _flights = new();

    /// <summary>Does the work, or waits for another's.</summary>
    /// <param name="key">What makes calls alike.</param>
    /// <param name="work">The work. What it throws, all get, unless it is that the client left.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    /// <returns>What came of it, and whether another did it.</returns>
    public async ValueTask<(TValue Value, bool IsShared)> RunAsync(UInt128Pair key, Func<CancellationToken, ValueTask<TValue>> work, CancellationToken cancellationToken)
    {
        while (true)
        {
            var mine = new TaskCompletionSource<TValue?>(TaskCreationOptions.RunContinuationsAsynchronously);
            var flight = _flights.GetOrAdd(key, mine);
            if (flight == mine)
                return (await WorkAsync(key, mine, work, cancellationToken), false);
            if (await flight.Task.WaitAsync(cancellationToken) is { } value)
                return (value, true);
        }
    }

    private async ValueTask<TValue> WorkAsync(
        UInt128Pair key, TaskCompletionSource<TValue?> flight, Func<CancellationToken, ValueTask<TValue>> work, CancellationToken cancellationToken)
    {
        try
        {
            var value = await work(cancellationToken);
            Land();
            flight.SetResult(value);
            return value;
        }
        catch (OperationCanceledException)
        {
            Land();
            flight.SetResult(null);
            throw;
        }
        catch (Exception e)
        {
            Land();
            flight.SetException(e);

            // It is thrown here too, so that it is seen also where nobody waits.
            _ = flight.Task.Exception;
            throw;
        }

        void Land() => _flights.TryRemove(KeyValuePair.Create(key, flight));
    }
}
