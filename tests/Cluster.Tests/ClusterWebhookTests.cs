using AiGateway.Upstream;

namespace AiGateway.Cluster.Tests;

/// <summary>Webhooks are told by one silo for all; when it goes, by another.</summary>
public sealed class ClusterWebhookTests
{
    [Fact]
    public async Task Each_end_is_told_once_wherever_it_came_about_and_whichever_silo_tells()
    {
        await using var receiver = await ScriptedUpstream.StartAsync();
        receiver.Always(Script.Empty(204));
        await using var scene = await ClusterScene.StartAsync(
            silos: 2, frontends: 1, webhooks: new[] { new { Name = "a", Url = receiver.WithPath("/hook"), Secret = "a-secret-of-the-tests" } });
        // It asks again where it is refused while a silo that is gone is not known to be yet.
        using var client = scene.NewClient();

        await ToldAsync(8);
        foreach (var silo in scene.Silos)
        {
            silo.Kill();
            await ToldAsync(8);
            await silo.StartAsync();
        }

        async Task ToldAsync(int count)
        {
            var ids = new List<string>();
            for (var i = 0; i < count; i++)
                ids.Add(await client.CreateAsync(Calls.Body(2)));
            await receiver.WaitUntilAsync(r => ids.TrueForAll(id => r.Requests.Any(request => (string?)request.Json["data"]!["id"] == id)), ClusterScene.Patience);
            var events = receiver.Requests.Where(request => (string?)request.Json["data"]!["id"] is { } id && ids.Contains(id, StringComparer.Ordinal)).ToList();

            // Twice is allowed for a moment in which two silos tell; another event of the same end is not.
            Assert.Equal(count, events.Select(e => e.Header("webhook-id")).Distinct(StringComparer.Ordinal).Count());
        }
    }
}
