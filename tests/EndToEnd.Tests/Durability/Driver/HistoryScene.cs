using System.Collections.Concurrent;
using AiGateway.EndToEnd.Tests.Durability.History;
using AiGateway.EndToEnd.Tests.Processes;
using AiGateway.Upstream;

namespace AiGateway.EndToEnd.Tests.Durability.Driver;

/// <summary>A gateway in front of the talking model, and the record of what its clients were told.</summary>
internal sealed class HistoryScene : IAsyncDisposable
{
    /// <summary>Guards against hanging only.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<string, ConcurrentBag<ReceivedRequest>> _asked;

    private HistoryScene(ScriptedUpstream upstream, ConcurrentDictionary<string, ConcurrentBag<ReceivedRequest>> asked, GatewayProcess gateway) =>
        (Upstream, _asked, Gateway) = (upstream, asked, gateway);

    public ScriptedUpstream Upstream { get; }

    public GatewayProcess Gateway { get; }

    public Recorder History { get; } = new();

    public static async Task<HistoryScene> StartAsync()
    {
        var upstream = await ScriptedUpstream.StartAsync();
        return new HistoryScene(upstream, Talk.PlayAt(upstream), await GatewayProcess.StartAsync(Talk.Settings(upstream)));
    }

    public GatewayClient NewClient() => new(() => Gateway.Address, History);

    /// <summary>Ends when the model talks to nobody any more; fails where it was not let go of.</summary>
    public async Task NothingIsLeftOpenAsync(GatewayClient observer)
    {
        await CancelOrphansAsync(observer);
        await Upstream.WaitUntilAsync(u => u.ActiveRequests == 0, Patience);

        // They were held: nothing but a caller that leaves ends them.
        foreach (var told in History.Responses.Where(r => r.IsCancelAnswered))
        {
            foreach (var request in _asked.GetValueOrDefault(told.Name, []))
                await request.Aborted.WaitAsync(Patience);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Upstream.DisposeAsync();
    }

    // Those whose clients were cut off before they knew their ids, and that are held, still run; nobody knows them but the file.
    private async Task CancelOrphansAsync(GatewayClient observer)
    {
        foreach (var id in await StoredIds.UnendedAsync(Path.Combine(Gateway.Folder, "data", "aigateway.db")))
        {
            if (!History.Responses.Any(r => r.Id == id))
                await observer.AskAsync(HttpMethod.Post, $"/v1/responses/{id}/cancel");
        }
    }
}
