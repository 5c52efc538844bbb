namespace AiGateway.Engine.Contract.Engines;

/// <summary>An engine that runs.</summary>
public interface IEngineNode
{
    /// <summary>The engine.</summary>
    IResponseEngine Engine { get; }

    /// <summary>Stops it in order, as a process does that is told to end.</summary>
    Task StopAsync();

    /// <summary>Lets go of it without a word, as of a process that was killed. Its store is dead by then.</summary>
    void Abandon();
}
