using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Configuration;
using AiGateway.Hooks;
using AiGateway.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AiGateway.AspNetCore.Tests.Keys;

/// <summary>A gateway over the demo provider that asks for keys.</summary>
internal static class KeyedGateway
{
    public const string AdminKey = "admin-key-of-the-tests";
    public const string Good = "sk-good-0123456789abcdef";
    public const string Ask = """{"model":"demo","messages":[{"role":"user","content":"Hello"}]}""";

    public static GatewayOptions Options { get; } = new()
    {
        Providers = [new() { Name = "demo", Kind = "demo" }],
        Models = [new ModelOptions { Name = "demo", Provider = "demo" }, new ModelOptions { Name = "other", Provider = "demo", RewriteTo = "demo" }],
        Admin = new AdminOptions { Key = AdminKey },
    };

    public static Task<TestGateway> StartAsync(Func<GatewayOptions, GatewayOptions>? options = null, TimeProvider? time = null, params IGatewayHook[] hooks) =>
        TestGateway.StartAsync(
            options?.Invoke(Options) ?? Options,
            services =>
            {
                if (time is not null)
                    services.AddSingleton(time);
            },
            hooks);

    /// <summary>Asks the admin API.</summary>
    public static async Task<JsonObject> AdminAsync(this TestGateway gateway, string method, string path, string? json = null, int expected = 200, string? key = AdminKey)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), "/admin" + path);
        if (json is not null)
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        if (key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var response = await gateway.Client.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(expected == (int)response.StatusCode, $"Expected {expected}, got {(int)response.StatusCode}: {body}");
        return JsonNode.Parse(body)!.AsObject();
    }

    /// <summary>Calls a model; the status that it is answered with.</summary>
    public static async Task<int> StatusAsync(this TestGateway gateway, string? key, string body = Ask)
    {
        using var response = await gateway.PostAsync("/v1/chat/completions", body, key);
        return (int)response.StatusCode;
    }
}
