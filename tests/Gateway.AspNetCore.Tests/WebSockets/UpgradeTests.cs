using System.Net;
using AiGateway.AspNetCore.Tests.BadInput;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.AspNetCore.Tests.Responses;
using AiGateway.Configuration;
using AiGateway.Upstream;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace AiGateway.AspNetCore.Tests.WebSockets;

public sealed class UpgradeTests
{
    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task Without_an_upgrade_the_path_takes_posts_only(string method)
    {
        await using var served = await Served.ByChatAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), "/v1/responses");

        using var response = await served.Gateway.Client.SendAsync(request);

        Assert.Equal("method_not_allowed", (await ErrorBody.ReadAsync(response, HttpStatusCode.MethodNotAllowed)).Code);
        Assert.Equal("POST", string.Join(',', response.Content.Headers.Allow));
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("http://127.0.0.1:1")]
    [InlineData("null")]
    public async Task A_web_page_of_somewhere_else_may_not_use_a_gateway_without_keys(string origin)
    {
        await using var served = await Served.ByChatAsync();

        var refused = await Assert.ThrowsAsync<RefusedUpgradeException>(
            () => TurnSocket.ConnectAsync(served.Gateway, options: o => o.SetRequestHeader("Origin", origin)));

        Assert.Equal(HttpStatusCode.Forbidden, refused.Status);
    }

    [Fact]
    public async Task One_of_the_gateways_own_host_may_and_so_may_any_that_has_a_key()
    {
        await using var open = await Served.ByChatAsync();
        await using var closed = await Served.ByChatAsync(hooks: new KeyIsTenant());

        using var own = await TurnSocket.ConnectAsync(
            open.Gateway, options: o => o.SetRequestHeader("Origin", open.Gateway.Address.GetLeftPart(UriPartial.Authority)));
        using var keyed = await TurnSocket.ConnectAsync(closed.Gateway, "k", o => o.SetRequestHeader("Origin", "https://app.example"));

        await own.TurnAsync(Served.Hello);
        await keyed.TurnAsync(Served.Hello);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public async Task What_keeps_a_silent_socket_alive_is_no_message(int milliseconds)
    {
        await using var served = await Served.ByChatAsync(
            Chat.Text("Hello", "Hel", "lo").Delay(TimeSpan.FromMilliseconds(200)), o => o with { HeartbeatInterval = TimeSpan.FromMilliseconds(milliseconds) });
        using var socket = await TurnSocket.ConnectAsync(served.Gateway);

        Assert.Equal("completed", (await socket.TurnAsync(Served.Hello)).Final.Status());
    }

    [Fact]
    public async Task An_application_with_WebSockets_of_its_own_keeps_them()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddAiGateway(new GatewayOptions { Storage = new StorageOptions { Path = ":memory:" } });
        await using var app = builder.Build();
        app.UseWebSockets();
        app.MapAiGateway();
        await app.StartAsync();
        using var socket = new System.Net.WebSockets.ClientWebSocket();

        await socket.ConnectAsync(new Uri(app.Urls.Single().Replace("http", "ws", StringComparison.Ordinal) + "/v1/responses"), CancellationToken.None);

        Assert.Equal(System.Net.WebSockets.WebSocketState.Open, socket.State);
        socket.Abort();
    }
}
