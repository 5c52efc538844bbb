namespace AiGateway.Engine.Contract.Engines;

/// <summary>What an engine under test is made of.</summary>
public sealed record EngineSetup
{
    /// <summary>Stands where the model would; an <c>IResponseRunner</c>.</summary>
    public required ScriptedRunner Runner { get; init; }

    /// <summary>Puts itself between the engine and its store.</summary>
    public required Func<IResponseStore, IResponseStore> Wrap { get; init; }

    /// <summary>How many responses run at a time.</summary>
    public int MaxRunning { get; init; } = 100;

    /// <summary>How many may wait.</summary>
    public int MaxWaiting { get; init; } = 100;

    /// <summary>How long running responses may go on when the engine stops.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
