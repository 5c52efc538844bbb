using System.Net.WebSockets;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.AspNetCore.Tests.Responses;
using AiGateway.AspNetCore.WebSockets;
using AiGateway.Configuration;
using AiGateway.Providers;
using AiGateway.Routing;
using AiGateway.Upstream;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace AiGateway.AspNetCore.Tests.WebSockets;

/// <summary>How the gateway ends a connection: when its time is over, and when the process stops. The turn in flight may end first, but not for ever.</summary>
public sealed class EndingTests : IAsyncLifetime
{
    private static readonly TimeSpan Hour = TimeSpan.FromMinutes(60);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private ScriptedUpstream _upstream = null!;

    public async Task InitializeAsync() => _upstream = await ScriptedUpstream.StartAsync();

    public async Task DisposeAsync() => await _upstream.DisposeAsync();

    [Fact]
    public async Task After_an_hour_an_idle_connection_is_told_so_and_closed()
    {
        await using var gateway = await StartAsync();
        using var socket = await TurnSocket.ConnectAsync(gateway);
        await socket.TurnAsync(Served.Hello);
        _time.Advance(Hour - TimeSpan.FromSeconds(1));
        await socket.TurnAsync(Served.Hello);

        _time.Advance(TimeSpan.FromSeconds(1));

        await AssertExpiredAsync(socket, "60 minutes");
        await Eventually.NoSocketAsync(gateway);
    }

    [Fact]
    public async Task How_long_is_a_setting()
    {
        await using var gateway = await StartAsync(o => o with { WebSocketLifetime = TimeSpan.FromMinutes(1.5) });
        using var socket = await TurnSocket.ConnectAsync(gateway);
        await socket.TurnAsync(Served.Hello);

        _time.Advance(TimeSpan.FromMinutes(1.5));

        await AssertExpiredAsync(socket, "1.5 minutes");
    }

    [Fact]
    public async Task The_turn_in_flight_ends_first_and_no_other_begins()
    {
        var gate = new TaskCompletionSource();
        _upstream.Always(Chat.Text("Hello", "Hel", "lo").WaitAfter(2, gate.Task));
        await using var gateway = await StartAsync();
        using var socket = await TurnSocket.ConnectAsync(gateway);
        await socket.SendAsync(TurnSocket.Create(Served.Hello));
        await socket.SendAsync(TurnSocket.Create(Served.Hello));
        await _upstream.NextRequestAsync();

        _time.Advance(Hour + ResponseSocket.Grace - TimeSpan.FromSeconds(1));
        gate.SetResult();

        Assert.Equal("completed", (await socket.ReadTurnAsync()).Final.Status());
        await AssertExpiredAsync(socket, "60 minutes");
        Assert.Single(_upstream.Requests);
    }

    [Fact]
    public async Task But_it_may_not_go_on_for_ever()
    {
        _upstream.Always(Script.Silent());
        await using var gateway = await StartAsync();
        using var socket = await TurnSocket.ConnectAsync(gateway);
        await socket.SendAsync(TurnSocket.Create(Served.Hello));
        var request = await _upstream.NextRequestAsync();

        _time.Advance(Hour);
        _time.Advance(ResponseSocket.Grace);

        await AssertExpiredAsync(socket, "60 minutes");
        await request.Aborted.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task When_the_process_stops_an_idle_connection_is_closed()
    {
        await using var gateway = await StartAsync();
        using var socket = await TurnSocket.ConnectAsync(gateway);
        await socket.TurnAsync(Served.Hello);

        Stop(gateway);

        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, await socket.ClosedAsync());
        await Eventually.NoSocketAsync(gateway);
    }

    [Fact]
    public async Task And_a_busy_one_behind_its_turn()
    {
        var gate = new TaskCompletionSource();
        _upstream.Always(Chat.Text("Hello", "Hel", "lo").WaitAfter(2, gate.Task));
        await using var gateway = await StartAsync();
        using var socket = await TurnSocket.ConnectAsync(gateway);
        await socket.SendAsync(TurnSocket.Create(Served.Hello));
        await socket.SendAsync(TurnSocket.Create(Served.Hello));
        await _upstream.NextRequestAsync();

        Stop(gateway);
        gate.SetResult();

        Assert.Equal("completed", (await socket.ReadTurnAsync()).Final.Status());
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, await socket.ClosedAsync());
        Assert.Single(_upstream.Requests);
    }

    [Fact]
    public async Task But_the_process_does_not_wait_for_ever()
    {
        _upstream.Always(Script.Silent());
        await using var gateway = await StartAsync();
        using var socket = await TurnSocket.ConnectAsync(gateway);
        await socket.SendAsync(TurnSocket.Create(Served.Hello));
        var request = await _upstream.NextRequestAsync();

        Stop(gateway);
        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, await socket.ClosedAsync());
        await request.Aborted.WaitAsync(TimeSpan.FromSeconds(30));
    }

    private static async Task AssertExpiredAsync(TurnSocket socket, string lifetime)
    {
        var envelope = await socket.ReadErrorAsync();
        Assert.Equal(400, envelope["status"]!.GetValue<int>());
        Assert.Equal("invalid_request_error", envelope["error"]!["type"]!.GetValue<string>());
        Assert.Equal("websocket_connection_limit_reached", envelope["error"]!["code"]!.GetValue<string>());
        Assert.Equal(
            $"Responses websocket connection limit reached ({lifetime}). Create a new websocket connection to continue.",
            envelope["error"]!["message"]!.GetValue<string>());
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, await socket.ClosedAsync());
    }

    private static void Stop(TestGateway gateway) => gateway.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

    // The provider's own patience is not what these are about.
    private Task<TestGateway> StartAsync(Func<ResponsesOptions, ResponsesOptions>? change = null)
    {
        var day = TimeSpan.FromDays(1);
        var responses = new ResponsesOptions();
        return TestGateway.StartAsync(
            new GatewayOptions
            {
                Providers = [new ProviderOptions { Name = "up", BaseUrl = _upstream.BaseUrl, ApiKey = "k", FirstByteTimeout = day, IdleTimeout = day }],
                Models = [new ModelOptions { Name = "*", Provider = "up" }],
                Responses = change?.Invoke(responses) ?? responses,
            },
            _time);
    }
}
