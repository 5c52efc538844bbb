using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Configuration;
using AiGateway.Hooks;
using AiGateway.Routing;
using AiGateway.Upstream;
using Microsoft.Extensions.DependencyInjection;

namespace AiGateway.AspNetCore.Tests.StoredCompletions;

/// <summary>Calls of chat whose completions are to be kept.</summary>
internal static class CompletionCalls
{
    public const string Root = "/v1/chat/completions";
    public const string Ask = """{"model":"mine","messages":[{"role":"user","content":"Hi"}],"store":true}""";

    /// <summary>The gateway before a provider; the model <c>mine</c> is the provider's <c>theirs</c>.</summary>
    public static Task<TestGateway> StartAsync(ScriptedUpstream upstream, bool native = false, params IGatewayHook[] hooks) => native
        ? TestGateway.StartNativeAsync(upstream, null, Renamed, null, hooks)
        : TestGateway.StartAsync(upstream, null, Renamed, null, hooks);

    /// <summary>The same over another store.</summary>
    public static Task<TestGateway> StartAsync(ScriptedUpstream upstream, Engine.ICompletionStore store) => TestGateway.StartAsync(
        Renamed(new GatewayOptions { Providers = [new() { Name = "up", BaseUrl = upstream.BaseUrl }] }), services => services.AddSingleton(store));

    /// <summary>Asks for a completion that is kept; what the client gets, with the id that it has.</summary>
    public static Task<JsonObject> KeepAsync(this TestGateway gateway, string ask = Ask, string? key = null) => gateway.PostJsonAsync(Root, ask, key: key);

    /// <summary>Asks for a stream that is kept; its id, which all chunks must have.</summary>
    public static async Task<string> KeepStreamAsync(this TestGateway gateway, string ask = Ask)
    {
        var chunks = await gateway.ChunksAsync(ask);
        var id = Assert.Single(chunks.Select(chunk => chunk.Text("id")).Distinct(StringComparer.Ordinal));
        Assert.Matches("^chatcmpl-[0-9a-f]{48}$", id);
        return id;
    }

    public static async Task<List<JsonObject>> ChunksAsync(this TestGateway gateway, string ask = Ask) =>
        (await gateway.PostStreamAsync(Root, Streamed(ask))).JsonBeforeDone();

    /// <summary>The same request for a stream.</summary>
    public static string Streamed(string ask) => ask[..^1] + ",\"stream\":true}";

    public static Task<JsonObject> FindAsync(this TestGateway gateway, string id, string? key = null) => gateway.CallAsync("GET", $"{Root}/{id}", key: key);

    public static JsonObject Message(this JsonObject completion, int choice = 0) => completion["choices"]![choice]!["message"]!.AsObject();

    private static GatewayOptions Renamed(GatewayOptions options) =>
        options with { Models = [new ModelOptions { Name = "mine", Provider = "up", RewriteTo = "theirs" }, new ModelOptions { Name = "*", Provider = "up" }] };
}
