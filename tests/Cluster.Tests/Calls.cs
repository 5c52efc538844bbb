using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AiGateway.EndToEnd.Tests.Durability.Driver;

namespace AiGateway.Cluster.Tests;

/// <summary>Calls as the tests of this project make them.</summary>
internal static class Calls
{
    private static int _count;

    /// <summary>A create's body, for a model that says so many words and, where it is held, then nothing more.</summary>
    public static string Body(int words, bool hold = false, bool background = true, bool stream = false, string model = Talk.ChatModel, int pace = 5) => JsonSerializer.Serialize(new
    {
        model,
        input = $"say t{Interlocked.Increment(ref _count)} {words} {pace}{(hold ? " hold" : "")}",
        background,
        stream,
    });

    /// <summary>Creates a background response.</summary>
    /// <returns>Its id.</returns>
    public static async Task<string> CreateAsync(this GatewayClient client, string body)
    {
        var (status, text) = await client.AskAsync(HttpMethod.Post, "/v1/responses", body);
        Assert.True(status == HttpStatusCode.OK, text);
        return (string)JsonNode.Parse(text)!["id"]!;
    }

    /// <summary>A response's status.</summary>
    public static async Task<string> StatusAsync(this GatewayClient client, string id)
    {
        var (status, text) = await client.AskAsync(HttpMethod.Get, "/v1/responses/" + id);
        Assert.True(status == HttpStatusCode.OK, text);
        return (string)JsonNode.Parse(text)!["status"]!;
    }

    /// <summary>Cancels a response.</summary>
    public static async Task CancelAsync(this GatewayClient client, string id)
    {
        var (status, text) = await client.AskAsync(HttpMethod.Post, $"/v1/responses/{id}/cancel");
        Assert.True(status == HttpStatusCode.OK, text);
    }

    /// <summary>Ends when a condition holds; asks again until then.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition, TimeSpan patience, Func<string> describe)
    {
        using var deadline = new CancellationTokenSource(patience);
        while (!await condition())
        {
            if (deadline.IsCancellationRequested)
                throw new TimeoutException($"Not within {patience}: {describe()}");
            await Task.Delay(50, CancellationToken.None);
        }
    }
}
