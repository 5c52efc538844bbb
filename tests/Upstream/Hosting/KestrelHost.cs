using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace AiGateway.Upstream;

/// <summary>A bare Kestrel: no host, no dependency injection, no logging; it starts in milliseconds and costs a request nothing.</summary>
internal static class KestrelHost
{
    public static KestrelServer Create(IPEndPoint endpoint, SocketTransportOptions transport, Action<ListenOptions>? listen = null)
    {
        var options = new KestrelServerOptions { AddServerHeader = false };
        options.Limits.MaxRequestBodySize = null;
        options.Limits.MinRequestBodyDataRate = null;
        options.Limits.MinResponseDataRate = null;
        options.Limits.MaxConcurrentConnections = null;
        options.Limits.KeepAliveTimeout = TimeSpan.FromHours(1);
        options.Listen(endpoint, listener =>
        {
            listener.Protocols = HttpProtocols.Http1;
            listen?.Invoke(listener);
        });
        return new KestrelServer(
            Options.Create(options),
            new SocketTransportFactory(Options.Create(transport), NullLoggerFactory.Instance),
            NullLoggerFactory.Instance);
    }
}
