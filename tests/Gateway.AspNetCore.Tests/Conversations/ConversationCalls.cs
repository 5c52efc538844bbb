using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Configuration;
using AiGateway.Hooks;
using AiGateway.Providers;
using AiGateway.Routing;

namespace AiGateway.AspNetCore.Tests.Conversations;

/// <summary>A gateway without anything but the demo provider, and the calls that most tests begin with.</summary>
internal static class ConversationCalls
{
    public const string Root = "/v1/conversations";

    public static readonly GatewayOptions Demo = new()
    {
        Providers = [new ProviderOptions { Name = "demo", Kind = "demo" }],
        Models = [new ModelOptions { Name = "demo", Provider = "demo" }],
    };

    public static Task<TestGateway> StartAsync(params IGatewayHook[] hooks) => TestGateway.StartAsync(Demo, time: null, hooks);

    /// <summary>Makes a conversation; its path.</summary>
    public static async Task<string> NewAsync(this TestGateway gateway, string? items = null, string? key = null) =>
        $"{Root}/{(await gateway.CallAsync("POST", Root, items is null ? "{}" : $$"""{"items":{{items}}}""", key: key)).Text("id")}";

    /// <summary>Appends one item; it as it is shown.</summary>
    public static async Task<JsonObject> AppendAsync(this TestGateway gateway, string conversation, string item, string query = "") =>
        (await gateway.CallAsync("POST", $"{conversation}/items{query}", $$"""{"items":[{{item}}]}"""))["data"]!.AsArray().Single()!.AsObject();
}
