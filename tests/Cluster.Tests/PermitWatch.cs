using System.Text.Json.Nodes;
using AiGateway.EndToEnd.Tests.Durability.Driver;
using AiGateway.EndToEnd.Tests.Durability.History;
using AiGateway.Upstream;

namespace AiGateway.Cluster.Tests;

/// <summary>A provider that may be asked only so much at one time, callers who always want more of it, and how much it came to.</summary>
internal sealed class PermitWatch
{
    /// <summary>How many calls it may have in flight.</summary>
    public const int Limit = 4;

    // A grain that comes up elsewhere may let in once more what processes hold that cannot be asked: those of its silo, and those that stand still (docs/operations.md).
    private const int Slack = Limit;
    // More than limit and slack together, else nothing could be seen to break it.
    private const int Callers = 16;
    private const string Path = "/limited/v1";
    private const string Model = "talk-limited";

    private readonly Lock _gate = new();
    private int _open;
    private int _served;

    /// <summary>The most that were in flight at one time.</summary>
    public int Most { get; private set; }

    /// <summary>How many were answered well.</summary>
    public int Served => Volatile.Read(ref _served);

    /// <summary>Adds the provider and its model to a cluster's settings.</summary>
    public static void Configure(JsonObject settings, ScriptedUpstream upstream)
    {
        settings["Providers"]!.AsArray().Add(new JsonObject
        {
            ["Name"] = "limited",
            ["BaseUrl"] = upstream.WithPath(Path).ToString(),
            ["ApiKey"] = "sk-upstream-secret",
            ["Apis"] = new JsonArray("chat"),
            ["Limits"] = new JsonObject { ["InFlight"] = Limit },
        });
        settings["Models"]!.AsArray().Add(new JsonObject { ["Name"] = Model, ["Provider"] = "limited" });
    }

    /// <summary>Notes a request that came to the model.</summary>
    public void Seen(ReceivedRequest request)
    {
        if (!request.RawPath.StartsWith(Path, StringComparison.Ordinal))
            return;
        lock (_gate)
            Most = Math.Max(Most, ++_open);
        _ = LeaveAsync(request);
    }

    /// <summary>Asks it, all the time, from more callers than it may have.</summary>
    public Task CallAsync(Func<GatewayClient> newClient, Func<bool> isEnough) => Task.WhenAll(Enumerable.Range(0, Callers).Select(i => Task.Run(async () =>
    {
        using var client = newClient();
        for (var call = 0; !isEnough(); call++)
        {
            // It may be refused for the moment: that is what a limit does.
            var body = $$"""{"model":"{{Model}}","messages":[{"role":"user","content":"say limited{{i}}x{{call}} 20 5"}]}""";
            if (await client.TryAsync(HttpMethod.Post, "/v1/chat/completions", body) is { Status: System.Net.HttpStatusCode.OK })
                Interlocked.Increment(ref _served);
            else
                await Task.Delay(50);
        }
    })));

    /// <summary>What is wrong with how much it was asked.</summary>
    public IEnumerable<string> Broken()
    {
        if (Most > Limit + Slack)
            yield return $"The provider with a limit of {Limit} had {Most} calls in flight.";
        if (Most < Limit || Served == 0)
            yield return $"The provider with a limit of {Limit} had no more than {Most} calls in flight and served {Served}, which proves nothing.";
    }

    private async Task LeaveAsync(ReceivedRequest request)
    {
        await Task.WhenAny(request.Aborted, request.Completed);
        lock (_gate)
            _open--;
    }
}
