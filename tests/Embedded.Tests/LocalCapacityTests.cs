using AiGateway.Engine;
using AiGateway.Engine.Contract;
using AiGateway.Limits;

namespace AiGateway.Embedded.Tests;

public sealed class LocalCapacityTests : CapacityContract
{
    private LocalCapacity? _capacity;

    protected override ValueTask<ICapacity> OpenAsync() => new(_capacity = new LocalCapacity((scope, name, _, _) => new(SpentBefore.GetValueOrDefault((scope, name))), Time));

    protected override ValueTask CloseAsync()
    {
        _capacity!.Dispose();
        return default;
    }
}

public sealed class LocalCapacityWaitingTests : CapacityWaitingContract
{
    private LocalCapacity? _capacity;

    protected override ValueTask<ICapacity> OpenAsync() => new(_capacity = new LocalCapacity((scope, name, _, _) => new(SpentBefore.GetValueOrDefault((scope, name))), Time));

    protected override ValueTask CloseAsync()
    {
        _capacity!.Dispose();
        return default;
    }
}

public sealed class LocalCapacityBudgetTests : CapacityBudgetContract
{
    private LocalCapacity? _capacity;

    protected override ValueTask<ICapacity> OpenAsync() => new(_capacity = new LocalCapacity((scope, name, _, _) => new(SpentBefore.GetValueOrDefault((scope, name))), Time));

    protected override ValueTask CloseAsync()
    {
        _capacity!.Dispose();
        return default;
    }
}
