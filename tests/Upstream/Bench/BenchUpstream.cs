using System.Net;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace AiGateway.Upstream;

/// <summary>The fast provider that benches measure against; it records nothing and cannot be scripted.</summary>
public sealed class BenchUpstream : IAsyncDisposable
{
    private readonly KestrelServer _server;

    // Nothing on the hot path blocks, so a request may be served on the thread that read it.
    private BenchUpstream(IPEndPoint endpoint) => _server = KestrelHost.Create(endpoint, new SocketTransportOptions { UnsafePreferInlineScheduling = true });

    /// <summary>Scheme, host and port.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Starts on a free loopback port, or on the endpoint given.</summary>
    public static async Task<BenchUpstream> StartAsync(IPEndPoint? endpoint = null)
    {
        var upstream = new BenchUpstream(endpoint ?? new IPEndPoint(IPAddress.Loopback, 0));
        var others = new ScriptedApplication(new RequestLog(keep: false), StandardAnswers.For);
        await upstream._server.StartAsync(new BenchApplication(others), CancellationToken.None);
        upstream.Address = new Uri(upstream._server.Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return upstream;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync(new CancellationToken(canceled: true));
        _server.Dispose();
    }
}
