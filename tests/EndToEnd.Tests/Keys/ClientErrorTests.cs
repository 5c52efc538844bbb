using System.ClientModel;
using System.ClientModel.Primitives;
using AiGateway.EndToEnd.Tests.NodeClients;
using OpenAI;
using OpenAI.Chat;
using Xunit.Abstractions;

namespace AiGateway.EndToEnd.Tests.Keys;

/// <summary>Keys, limits and budgets as OpenAI's own clients see them.</summary>
public sealed class ClientErrorTests(ITestOutputHelper log)
{
    [Fact]
    public async Task DotNet_gets_its_typed_errors()
    {
        await using var gateway = await KeyedProcess.StartAsync();

        Assert.Equal((401, "invalid_api_key"), await FailAsync(gateway.BaseUrl, "sk-wrong-0123456789abcdef", 0));
        Assert.Equal("You said: Hello!", (await Client(gateway.BaseUrl, "sk-limited-0123456789abcdef", 0).CompleteChatAsync("Hello!")).Value.Content[0].Text);
        Assert.Equal((429, "rate_limit_exceeded"), await FailAsync(gateway.BaseUrl, "sk-limited-0123456789abcdef", 0));
        Assert.Equal((429, "insufficient_quota"), await FailAsync(gateway.BaseUrl, "sk-broke-0123456789abcdef", 0));
    }

    [NodeFact]
    public async Task Node_gets_its_typed_errors()
    {
        await using var gateway = await KeyedProcess.StartAsync();
        await NodeRun.PassesAsync(log, "limits", gateway.BaseUrl, null);
    }

    private static async Task<(int Status, string? Code)> FailAsync(Uri address, string key, int retries)
    {
        var error = await Assert.ThrowsAsync<ClientResultException>(() => Client(address, key, retries).CompleteChatAsync("Hello!"));
        var body = System.Text.Json.JsonDocument.Parse(error.GetRawResponse()!.Content).RootElement.GetProperty("error");
        return (error.Status, body.GetProperty("code").GetString());
    }

    private static ChatClient Client(Uri address, string key, int retries) =>
        new("demo", new ApiKeyCredential(key), new OpenAIClientOptions { Endpoint = address, RetryPolicy = new ClientRetryPolicy(retries) });
}
