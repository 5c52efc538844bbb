using AiGateway.Engine;

namespace AiGateway.Grains.Memory;

/// <summary>Asks the silo that holds the cluster's state.</summary>
/// <param name="grains">Where grains are found.</param>
/// <param name="key">Which state, where there are several.</param>
internal sealed class MemoryClient(IGrainFactory grains, string key = MemoryClient.Key)
{
    /// <summary>The key of a cluster's state.</summary>
    public const string Key = "state";

    /// <summary>Asks.</summary>
    /// <exception cref="StorageUnavailableException">The silo does not answer.</exception>
    public async ValueTask<T> AskAsync<TGrain, T>(Func<TGrain, Task<T>> call)
        where TGrain : IGrainWithStringKey
    {
        try
        {
            return await call(grains.GetGrain<TGrain>(key));
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            throw new StorageUnavailableException("The silo that holds the state does not answer.", e);
        }
    }

    /// <summary>Asks for nothing but that it be done.</summary>
    public async ValueTask AskAsync<TGrain>(Func<TGrain, Task> call)
        where TGrain : IGrainWithStringKey
    {
        await AskAsync<TGrain, bool>(async grain =>
        {
            await call(grain);
            return true;
        });
    }
}
