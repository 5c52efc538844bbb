using AiGateway.Engine.Contract;
using AiGateway.Engine.Contract.Engines;

namespace AiGateway.Embedded.Tests;

public sealed class EmbeddedEngineInMemoryTests : ResponseEngineContract
{
    protected override Task<IEngineStorage> OpenStorageAsync() => Task.FromResult<IEngineStorage>(EmbeddedStorage.InMemory());
}

public sealed class EmbeddedEngineInFileTests : ResponseEngineContract
{
    protected override Task<IEngineStorage> OpenStorageAsync() => Task.FromResult<IEngineStorage>(EmbeddedStorage.InFile());
}
