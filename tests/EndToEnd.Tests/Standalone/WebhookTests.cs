using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using AiGateway.EndToEnd.Tests.Processes;
using AiGateway.Upstream;

namespace AiGateway.EndToEnd.Tests.Standalone;

public sealed class WebhookTests
{
    [Fact]
    public async Task What_a_killed_process_did_not_deliver_the_next_does()
    {
        var folder = Directory.CreateTempSubdirectory("aigateway-hooks-");
        await using var receiver = await ScriptedUpstream.StartAsync();
        receiver.Enqueue(Script.Silent()).Always(Script.Empty(204));
        var settings = new
        {
            Storage = new { Path = Path.Combine(folder.FullName, "gateway.db") },
            Webhooks = new[] { new { Name = "a", Url = receiver.WithPath("/hook"), Secret = "a-secret-of-the-tests" } },
        };

        // It is told, but does not hear whether that arrived.
        ReceivedRequest first;
        await using (var killed = await GatewayProcess.StartAsync(settings))
        {
            using var client = new HttpClient { BaseAddress = killed.Address };
            using var created = await client.PostAsJsonAsync("/v1/responses", new { model = "demo", input = "Hello!", background = true });
            first = await receiver.NextRequestAsync(TimeSpan.FromSeconds(30));
            Assert.Equal((string?)JsonNode.Parse(await created.Content.ReadAsStringAsync())!["id"], (string?)first.Json["data"]!["id"]);
            using var process = Process.GetProcessById(killed.Process.Id);
            process.Kill();
            await process.WaitForExitAsync();
        }

        await using (await GatewayProcess.StartAsync(settings))
        {
            var second = await receiver.NextRequestAsync(TimeSpan.FromSeconds(30));
            Assert.Equal(first.Header("webhook-id"), second.Header("webhook-id"));
            Assert.Equal(first.Text, second.Text);
        }

        folder.Delete(recursive: true);
    }
}
