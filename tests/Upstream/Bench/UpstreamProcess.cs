using System.Net;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace AiGateway.Upstream;

/// <summary>The upstream as a process: <c>--urls http://127.0.0.1:PORT [--bench]</c>. Ends on SIGTERM and SIGINT.</summary>
internal static class UpstreamProcess
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        var at = Array.IndexOf(arguments, "--urls");
        var url = at >= 0 && at + 1 < arguments.Length ? arguments[at + 1] : "http://127.0.0.1:0";
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttp)
        {
            await Console.Error.WriteLineAsync($"--urls takes one http address, not '{url}'.");
            return 2;
        }

        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle);
        await using var server = await StartAsync(Endpoint(uri), arguments.Contains("--bench"));
        Console.WriteLine($"listening on {server.Url}");
        await stop.Task;
        return 0;

        void Handle(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.TrySetResult();
        }
    }

    private static IPEndPoint Endpoint(Uri uri) => new(uri.Host == "localhost" ? IPAddress.Loopback : IPAddress.Parse(uri.Host), uri.Port);

    private static async Task<Running> StartAsync(IPEndPoint endpoint, bool bench)
    {
        if (!bench)
        {
            var scripted = await ScriptedUpstream.StartAsync(endpoint, keepRequests: false);
            return new(scripted.WithPath(""), scripted);
        }

        // Nothing on the hot path blocks, so a request may be served on the thread that read it.
        var server = KestrelHost.Create(endpoint, new SocketTransportOptions { UnsafePreferInlineScheduling = true });
        await server.StartAsync(new BenchApplication(new ScriptedApplication(new RequestLog(keep: false), StandardAnswers.For)), CancellationToken.None);
        return new(server.Features.Get<IServerAddressesFeature>()!.Addresses.First(), new Stopping(server));
    }

    private sealed record Running(string Url, IAsyncDisposable Server) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }

    private sealed class Stopping(Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServer server) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await server.StopAsync(new CancellationToken(canceled: true));
            server.Dispose();
        }
    }
}
