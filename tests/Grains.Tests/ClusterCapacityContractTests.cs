using AiGateway.Engine;
using AiGateway.Engine.Contract;
using AiGateway.Grains.Limits;

namespace AiGateway.Grains.Tests;

/// <summary>What one process is promised, with nothing held in advance: then a cluster is as exact as one process.</summary>
[Collection(CapacityTests.Name)]
public sealed class ClusterCapacityTests(CapacityCluster cluster) : CapacityContract
{
    internal static CapacityBlocks Exact { get; } = new() { Hold = TimeSpan.Zero };

    protected override ValueTask<ICapacity> OpenAsync()
    {
        cluster.Begin(Exact, Time, (scope, name, _, _) => new(SpentBefore.GetValueOrDefault((scope, name))));
        return new(cluster.NewProcess());
    }

    protected override ValueTask CloseAsync()
    {
        cluster.End();
        return default;
    }
}

[Collection(CapacityTests.Name)]
public sealed class ClusterCapacityWaitingTests(CapacityCluster cluster) : CapacityWaitingContract
{
    protected override ValueTask<ICapacity> OpenAsync()
    {
        cluster.Begin(ClusterCapacityTests.Exact, Time, (scope, name, _, _) => new(SpentBefore.GetValueOrDefault((scope, name))));
        return new(cluster.NewProcess());
    }

    protected override ValueTask CloseAsync()
    {
        cluster.End();
        return default;
    }
}

[Collection(CapacityTests.Name)]
public sealed class ClusterCapacityBudgetTests(CapacityCluster cluster) : CapacityBudgetContract
{
    protected override ValueTask<ICapacity> OpenAsync()
    {
        cluster.Begin(ClusterCapacityTests.Exact, Time, (scope, name, _, _) => new(SpentBefore.GetValueOrDefault((scope, name))));
        return new(cluster.NewProcess());
    }

    protected override ValueTask CloseAsync()
    {
        cluster.End();
        return default;
    }
}
