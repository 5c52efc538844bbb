using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.AspNetCore.Tests.Responses;

namespace AiGateway.AspNetCore.Tests.Background;

/// <summary>Calls about background responses.</summary>
internal static class BackgroundCalls
{
    public const string Request = """{"model":"m","input":"Hello","background":true}""";
    public const string StreamRequest = """{"model":"m","input":"Hello","background":true,"stream":true}""";

    /// <summary>Guards against hanging.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static string Path(string id) => "/v1/responses/" + id;

    public static Task<JsonObject> RetrieveAsync(this TestGateway gateway, string id, string? key = null) =>
        gateway.SendJsonAsync(HttpMethod.Get, Path(id), key: key);

    public static Task<JsonObject> CancelAsync(this TestGateway gateway, string id, string? key = null) =>
        gateway.SendJsonAsync(HttpMethod.Post, Path(id) + "/cancel", key: key);

    /// <summary>Polls as clients do, until the response has ended.</summary>
    public static async Task<JsonObject> PollAsync(this TestGateway gateway, string id)
    {
        using var late = new CancellationTokenSource(Patience);
        while (true)
        {
            var response = await gateway.RetrieveAsync(id);
            if (response.Status() is not ("queued" or "in_progress"))
                return response;
            await Task.Delay(10, late.Token);
        }
    }

    /// <summary>Opens a stream and reads its first events; the rest is left.</summary>
    public static async Task<(HttpResponseMessage Response, IAsyncEnumerator<SseItem<string>> Events)> OpenAsync(this Task<HttpResponseMessage> sent)
    {
        var response = await sent;
        Assert.True(response.IsSuccessStatusCode, await (response.IsSuccessStatusCode ? Task.FromResult("") : response.Content.ReadAsStringAsync()));
        return (response, SseParser.Create(await response.Content.ReadAsStreamAsync()).EnumerateAsync().GetAsyncEnumerator());
    }

    public static async Task<SseItem<string>> NextAsync(this IAsyncEnumerator<SseItem<string>> events)
    {
        Assert.True(await events.MoveNextAsync().AsTask().WaitAsync(Patience), "The stream ended.");
        return events.Current;
    }

    public static async Task<List<SseItem<string>>> RestAsync(this IAsyncEnumerator<SseItem<string>> events)
    {
        var rest = new List<SseItem<string>>();
        while (await events.MoveNextAsync().AsTask().WaitAsync(Patience))
            rest.Add(events.Current);
        return rest;
    }
}
