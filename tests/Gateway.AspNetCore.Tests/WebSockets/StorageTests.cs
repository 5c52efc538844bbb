using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.Background;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.AspNetCore.Tests.Responses;
using AiGateway.Configuration;
using AiGateway.Engine;
using AiGateway.Providers;
using AiGateway.Routing;
using AiGateway.Upstream;
using Microsoft.Extensions.DependencyInjection;

namespace AiGateway.AspNetCore.Tests.WebSockets;

/// <summary>A turn whose end cannot be kept is told so, and the connection goes on.</summary>
public sealed class StorageTests
{
    [Theory]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public async Task An_end_that_cannot_be_kept_is_503_in_an_envelope(bool native, bool generates)
    {
        await using var upstream = (await ScriptedUpstream.StartAsync()).Always(native ? NativeResponses.Text("One two") : Chat.Text("One two"));
        await using var gateway = await StartAsync(upstream, native);
        using var socket = await TurnSocket.ConnectAsync(gateway);

        await socket.SendAsync(TurnSocket.Create(generates ? Served.Hello : """{"model":"m","input":"Hello","generate":false}"""));
        var messages = await UntilErrorAsync(socket);

        var envelope = messages[^1];
        Assert.Equal(503, envelope["status"]!.GetValue<int>());
        Assert.Equal(("server_error", "storage_unavailable"), (envelope["error"]!["type"]!.ToString(), envelope["error"]!["code"]!.ToString()));
        Assert.Equal("1", envelope["headers"]!["Retry-After"]!.ToString());
        Assert.StartsWith("req_", envelope["headers"]!["x-request-id"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal("response.created", messages[0]["type"]!.ToString());
        Assert.DoesNotContain(messages, message => message["type"]!.ToString() is "response.completed" or "response.failed");
        Assert.DoesNotContain("disk", envelope.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("completed", (await socket.TurnAsync("""{"model":"m","input":"Hello","store":false}""")).Final.Status());
    }

    [Fact]
    public async Task A_provider_that_failed_first_is_named_and_not_the_storage()
    {
        await using var upstream = (await ScriptedUpstream.StartAsync()).Always(Chat.Text("One two").Take(2).SendError("server_error", "overloaded", "Too much."));
        await using var gateway = await StartAsync(upstream, native: false);
        using var socket = await TurnSocket.ConnectAsync(gateway);

        await socket.SendAsync(TurnSocket.Create(Served.Hello));
        var messages = await UntilErrorAsync(socket);

        Assert.Equal("overloaded", messages[^1]["error"]!["code"]!.ToString());
    }

    private static async Task<List<JsonNode>> UntilErrorAsync(TurnSocket socket)
    {
        var messages = new List<JsonNode>();
        do
            messages.Add(JsonNode.Parse(await socket.TextAsync())!);
        while (messages[^1]["type"]!.ToString() != "error");
        return messages;
    }

    private static Task<TestGateway> StartAsync(ScriptedUpstream upstream, bool native) => TestGateway.StartAsync(
        new GatewayOptions
        {
            Providers = [new ProviderOptions { Name = "up", BaseUrl = upstream.BaseUrl, Apis = native ? ["responses"] : ["chat"] }],
            Models = [new ModelOptions { Name = "*", Provider = "up" }],
        },
        services => services.AddSingleton<IResponseStore>(new FullResponseStore()));
}
