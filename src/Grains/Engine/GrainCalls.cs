using System.Runtime.CompilerServices;
using AiGateway.Engine;
using AiGateway.Grains.Silos;

namespace AiGateway.Grains.Engine;

/// <summary>Asks grains, and asks again where their silo ended under the call: another will have them soon.</summary>
/// <param name="times">How patient.</param>
/// <param name="time">The clock.</param>
internal sealed class GrainCalls(ClusterTimes times, TimeProvider time)
{
    /// <summary>Asks until it is answered.</summary>
    /// <typeparam name="T">The answer.</typeparam>
    /// <param name="call">Asks; must be such that it may be asked twice.</param>
    /// <param name="isElsewhere">Whether the answer is that another silo is to be asked.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StorageUnavailableException">Nobody answered in time.</exception>
    public async ValueTask<T> AskAsync<T>(Func<Task<T>> call, Func<T, bool> isElsewhere, CancellationToken cancellationToken)
    {
        var deadline = time.GetUtcNow() + times.Patience;
        while (true)
        {
            Exception? last = null;
            try
            {
                var answer = await call().WaitAsync(cancellationToken);
                if (!isElsewhere(answer))
                    return answer;
            }
            catch (Exception e) when (IsOfCluster(e))
            {
                last = e;
            }

            if (time.GetUtcNow() >= deadline)
                throw new StorageUnavailableException("The cluster does not answer.", last);
            await Task.Delay(times.Pause, time, cancellationToken);
        }
    }

    /// <summary>Reads as long as it goes; where the reading breaks, it ends.</summary>
    /// <typeparam name="T">What is read.</typeparam>
    /// <param name="read">Begins to read.</param>
    /// <param name="broken">Told of what broke it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async IAsyncEnumerable<T> TryReadAsync<T>(
        Func<CancellationToken, IAsyncEnumerable<T>> read, Action<Exception> broken, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var items = read(cancellationToken).GetAsyncEnumerator(cancellationToken);
        try
        {
            while (await MoveAsync(items, broken, cancellationToken))
                yield return items.Current;
        }
        finally
        {
            await DisposeAsync(items, broken);
        }
    }

    private static async ValueTask<bool> MoveAsync<T>(IAsyncEnumerator<T> items, Action<Exception> broken, CancellationToken cancellationToken)
    {
        try
        {
            return await items.MoveNextAsync();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            broken(e);
            return false;
        }
    }

    private static async ValueTask DisposeAsync<T>(IAsyncEnumerator<T> items, Action<Exception> broken)
    {
        try
        {
            await items.DisposeAsync();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            broken(e);
        }
    }

    // An answer that did not come may have been one: what is asked here may be asked again.
    private static bool IsOfCluster(Exception e) => e is OrleansException or TimeoutException or ObjectDisposedException or InvalidOperationException;
}
