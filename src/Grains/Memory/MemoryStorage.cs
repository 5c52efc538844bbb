using AiGateway.Grains.Engine;

namespace AiGateway.Grains.Memory;

/// <summary>What is held in memory looks after itself.</summary>
internal sealed class MemoryStorage : IClusterStorage
{
    public Task ListenAsync() => Task.CompletedTask;

    public void WakeSender()
    {
        // Whoever waits there hears of all that enters.
    }

    public Task<int> SweepAsync(CancellationToken cancellationToken) => Task.FromResult(0);
}
