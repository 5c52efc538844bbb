using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json.Nodes;

namespace AiGateway.AspNetCore.Tests.Harness;

/// <summary>Plain HTTP to the gateway: what the tests send and see are the bytes on the wire.</summary>
public static class Wire
{
    /// <summary>Posts JSON text.</summary>
    public static Task<HttpResponseMessage> PostAsync(this TestGateway gateway, string path, string json, string? key = null, CancellationToken cancellationToken = default)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        if (key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return gateway.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    /// <summary>Posts JSON and reads a JSON answer of the expected status.</summary>
    public static async Task<JsonObject> PostJsonAsync(this TestGateway gateway, string path, string json, HttpStatusCode expected = HttpStatusCode.OK, string? key = null)
    {
        using var response = await gateway.PostAsync(path, json, key);
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(expected == response.StatusCode, $"Expected {expected}, got {response.StatusCode}: {body}");
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        return JsonNode.Parse(body)!.AsObject();
    }

    /// <summary>Posts JSON and reads a stream to its end.</summary>
    public static async Task<List<SseItem<string>>> PostStreamAsync(this TestGateway gateway, string path, string json, string? key = null)
    {
        using var response = await gateway.PostAsync(path, json, key);
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{response.StatusCode}: {await BodyOfAsync(response)}");
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return await response.ReadEventsAsync();
    }

    /// <summary>Asks for something that is kept, without a body.</summary>
    public static Task<HttpResponseMessage> SendAsync(
        this TestGateway gateway, HttpMethod method, string path, string? key = null, CancellationToken cancellationToken = default)
    {
        var request = new HttpRequestMessage(method, path);
        if (key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return gateway.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    /// <summary>Asks for something that is kept and reads a JSON answer of the expected status.</summary>
    public static async Task<JsonObject> SendJsonAsync(
        this TestGateway gateway, HttpMethod method, string path, HttpStatusCode expected = HttpStatusCode.OK, string? key = null)
    {
        using var response = await gateway.SendAsync(method, path, key);
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(expected == response.StatusCode, $"Expected {expected}, got {response.StatusCode}: {body}");
        return JsonNode.Parse(body)!.AsObject();
    }

    /// <summary>Gets a stream and reads it to its end.</summary>
    public static async Task<List<SseItem<string>>> GetStreamAsync(this TestGateway gateway, string path, string? key = null)
    {
        using var response = await gateway.SendAsync(HttpMethod.Get, path, key);
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{response.StatusCode}: {await BodyOfAsync(response)}");
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return await response.ReadEventsAsync();
    }

    /// <summary>Reads a stream to its end.</summary>
    public static async Task<List<SseItem<string>>> ReadEventsAsync(this HttpResponseMessage response)
    {
        var events = new List<SseItem<string>>();
        await foreach (var item in SseParser.Create(await response.Content.ReadAsStreamAsync()).EnumerateAsync())
            events.Add(item);
        return events;
    }

    /// <summary>The events' JSON, without the end mark, which must be there and last.</summary>
    public static List<JsonObject> JsonBeforeDone(this List<SseItem<string>> events)
    {
        Assert.Equal("[DONE]", events[^1].Data);
        return events[..^1].ConvertAll(item => JsonNode.Parse(item.Data)!.AsObject());
    }

    private static async Task<string> BodyOfAsync(HttpResponseMessage response) =>
        response.IsSuccessStatusCode ? "" : await response.Content.ReadAsStringAsync();
}
