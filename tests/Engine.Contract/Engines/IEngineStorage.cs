namespace AiGateway.Engine.Contract.Engines;

/// <summary>What outlives an engine: where its responses are kept. Several engines may be started over it, at once or one after the other.</summary>
public interface IEngineStorage : IAsyncDisposable
{
    /// <summary>The store behind all engines, without their faults.</summary>
    IResponseStore Store { get; }

    /// <summary>Starts an engine, as a process does at its start.</summary>
    /// <param name="setup">What it is made of.</param>
    Task<IEngineNode> StartAsync(EngineSetup setup);

    /// <summary>Closes the storage and opens it again, as between two processes. Where that would lose everything, it does nothing.</summary>
    Task ReopenAsync();
}
