using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using AiGateway.AspNetCore.Tests.BadInput;
using AiGateway.AspNetCore.Tests.Harness;

namespace AiGateway.AspNetCore.Tests.Clients;

/// <summary>A client that hangs up at once when it has had enough; the usual one first reads on for a while, to keep the connection.</summary>
public sealed class ImpatientClient : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        ResponseDrainTimeout = TimeSpan.Zero,
        MaxResponseDrainSize = 0,
        ConnectCallback = ConnectAsync,
    });

    public Task<HttpResponseMessage> SendAsync(TestGateway gateway, Call call)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(call.Body));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway.Address, call.Path)) { Content = content };
        return _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    public void Dispose() => _http.Dispose();

    // A small buffer: what the client has not read is then soon with those who have to hold it back.
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = 64 * 1024 };
        await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
