using AiGateway.Engine.Contract.Engines;

namespace AiGateway.Engine.Contract;

/// <summary>What every suite over an engine's capacity needs.</summary>
public abstract class CapacitySuite : IAsyncLifetime
{
    protected static readonly DateTimeOffset Noon = new(2026, 5, 13, 12, 0, 0, TimeSpan.Zero);

    protected JumpingTime Time { get; } = new(Noon);

    /// <summary>What was used up before, by scope and name.</summary>
    protected Dictionary<(string Scope, string Name), (long Tokens, decimal Cost)> SpentBefore { get; } = [];

    protected ICapacity Capacity { get; private set; } = null!;

    /// <summary>Makes capacity of which nothing is taken.</summary>
    protected abstract ValueTask<ICapacity> OpenAsync();

    protected abstract ValueTask CloseAsync();

    public async Task InitializeAsync() => Capacity = await OpenAsync();

    public async Task DisposeAsync() => await CloseAsync();

    protected static CapacityLimit Key(string name = "k") => new("key", name);

    protected ValueTask<(CapacityLease? Lease, CapacityRefusal? Refusal)> TakeAsync(params CapacityLimit[] limits) => TakeAsync(new CapacityDemand(limits));

    protected ValueTask<(CapacityLease? Lease, CapacityRefusal? Refusal)> TakeAsync(CapacityDemand demand) => Capacity.AcquireAsync(demand, CancellationToken.None);
}
