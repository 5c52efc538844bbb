using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace AiGateway.AspNetCore.Tests.Harness;

/// <summary>Calls for things that are kept, by any method.</summary>
internal static class KeptThings
{
    /// <summary>Calls, and reads a JSON answer of the expected status.</summary>
    public static async Task<JsonObject> CallAsync(
        this TestGateway gateway, string method, string path, string? json = null, HttpStatusCode expected = HttpStatusCode.OK, string? key = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (json is not null)
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        if (key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var response = await gateway.Client.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(expected == response.StatusCode, $"{method} {path}: expected {expected}, got {response.StatusCode}: {body}");
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.True(response.Headers.Contains("x-request-id"));
        return JsonNode.Parse(body)!.AsObject();
    }

    /// <summary>Calls in vain; the error object.</summary>
    public static async Task<JsonObject> RefusedAsync(
        this TestGateway gateway, string method, string path, HttpStatusCode expected, string? json = null, string? key = null)
    {
        var error = (await gateway.CallAsync(method, path, json, expected, key))["error"]!.AsObject();
        Assert.Equal(["message", "type", "param", "code"], error.Select(member => member.Key));
        return error;
    }

    public static string Text(this JsonObject holder, string name) => holder[name]!.GetValue<string>();

    public static string? TextOrNull(this JsonObject holder, string name) => holder[name]?.GetValue<string>();

    /// <summary>The ids of a list's elements. The envelope is checked on the way.</summary>
    public static string[] Ids(this JsonObject list)
    {
        Assert.Equal(["object", "data", "first_id", "last_id", "has_more"], list.Select(member => member.Key));
        Assert.Equal("list", list.Text("object"));
        var ids = list["data"]!.AsArray().Select(item => item!["id"]!.GetValue<string>()).ToArray();
        Assert.Equal((ids.FirstOrDefault(), ids.LastOrDefault()), (list.TextOrNull("first_id"), list.TextOrNull("last_id")));
        return ids;
    }

    public static bool HasMore(this JsonObject list) => list["has_more"]!.GetValue<bool>();

    /// <summary>Reads a list page by page by its last id, as clients do.</summary>
    public static async Task<List<string>> WalkAsync(this TestGateway gateway, string path, string cursor = "after")
    {
        var (all, page, at) = (new List<string>(), 0, "");
        while (true)
        {
            var list = await gateway.CallAsync("GET", path + at);
            var ids = list.Ids();
            all.InsertRange(cursor == "after" ? all.Count : 0, ids);
            if (!list.HasMore())
                return all;
            at = $"&{cursor}={Uri.EscapeDataString(list.Text(cursor == "after" ? "last_id" : "first_id"))}";
            Assert.True(++page < 100, "The list has no end.");
        }
    }
}
