using AiGateway.Engine.Contract.Engines;

namespace AiGateway.Engine.Contract;

/// <summary>
/// What every engine promises of <see cref="IResponseEngine"/>. It knows an engine by its ports and by the run that all engines share; how one is made,
/// stopped and killed, <see cref="IEngineStorage"/> says. A part for each promise.
/// </summary>
public abstract partial class ResponseEngineContract : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly List<Node> _nodes = [];
    private IEngineStorage _storage = null!;

    /// <summary>Opens a storage with nothing in it.</summary>
    protected abstract Task<IEngineStorage> OpenStorageAsync();

    public async Task InitializeAsync() => _storage = await OpenStorageAsync();

    public async Task DisposeAsync()
    {
        _nodes.ForEach(node => node.Kill());
        await _storage.DisposeAsync();
    }

    // For what is about patience with a storage that is away: an engine is not to be waited for as long as it waits.
    private static EngineSetup Hasty(EngineSetup setup) => setup with { Time = new HastyTime() };

    /// <summary>Starts an engine, besides those that run.</summary>
    private async Task<Node> StartAsync(Func<EngineSetup, EngineSetup>? change = null, ScriptedRunner? runner = null)
    {
        var node = await Node.StartAsync(_storage, runner, change);
        _nodes.Add(node);
        return node;
    }

    /// <summary>Kills an engine and starts another.</summary>
    private async Task<Node> RestartAsync(Node node, Func<EngineSetup, EngineSetup>? change = null, ScriptedRunner? runner = null)
    {
        node.Kill();
        await _storage.ReopenAsync();
        return await StartAsync(change, runner);
    }

    /// <summary>All that is kept of a response's events.</summary>
    private async Task<string> KeptAsync(string id) => Logs.Text((await _storage.Store.ReadEventsAsync(id, -1, int.MaxValue, default)).Frames);
}
