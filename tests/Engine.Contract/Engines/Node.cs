namespace AiGateway.Engine.Contract.Engines;

/// <summary>An engine with all a test has to say about it.</summary>
internal sealed class Node
{
    private readonly IEngineNode _node;
    private bool _isOver;

    private Node(IEngineStorage storage, IEngineNode node, FaultyStore faults, ScriptedRunner runner) =>
        (Storage, _node, Faults, Runner) = (storage, node, faults, runner);

    public IEngineStorage Storage { get; }

    public FaultyStore Faults { get; }

    public ScriptedRunner Runner { get; }

    public IResponseEngine Engine => _node.Engine;

    public static async Task<Node> StartAsync(IEngineStorage storage, ScriptedRunner? runner, Func<EngineSetup, EngineSetup>? change)
    {
        FaultyStore? faults = null;
        runner ??= new ScriptedRunner();
        var setup = new EngineSetup { Runner = runner, Wrap = inner => faults = new FaultyStore(inner) };
        var node = await storage.StartAsync(change is null ? setup : change(setup));
        return new Node(storage, node, faults!, runner);
    }

    /// <summary>Starts a background response and fails where that was refused.</summary>
    public async Task<StoredResponse> BeginAsync(string id, string? tenant = null, bool stream = true)
    {
        var response = Known.Queued(id, tenant, stream);
        Assert.True(await Engine.StartAsync(response, stream ? Known.Beginning(id) : default, default));
        return response;
    }

    /// <summary>Starts a background response and waits until it runs.</summary>
    public async Task<ScriptedRun> RunAsync(string id, string? tenant = null, bool stream = true)
    {
        await BeginAsync(id, tenant, stream);
        return await Runner.RunOfAsync(id);
    }

    public async Task<StoredResponse> FindAsync(string id, string? tenant = null)
    {
        var response = await Engine.FindAsync(tenant, id, default);
        Assert.NotNull(response);
        return response;
    }

    /// <summary>Ends when a response has.</summary>
    public async Task<StoredResponse> EndOfAsync(string id, string? tenant = null)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            if (await Engine.FindAsync(tenant, id, default) is { IsEnded: true } response)
                return response;
            await Task.Delay(5, patience.Token);
        }
    }

    /// <summary>Stops it in order.</summary>
    public async Task StopAsync()
    {
        _isOver = true;
        await _node.StopAsync().WaitAsync(TimeSpan.FromSeconds(30));
    }

    /// <summary>Lets nothing be written any more, and lets go of it.</summary>
    public void Kill()
    {
        Faults.Die();
        if (_isOver)
            return;
        _isOver = true;
        _node.Abandon();
        Runner.Abandon();
    }
}
