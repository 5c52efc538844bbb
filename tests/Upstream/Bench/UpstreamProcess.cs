using System.Net;
using System.Runtime.InteropServices;

namespace AiGateway.Upstream;

/// <summary>The upstream as a process: <c>--urls http://127.0.0.1:PORT [--bench]</c>. Ends on SIGTERM and SIGINT.</summary>
internal static class UpstreamProcess
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        var at = Array.IndexOf(arguments, "--urls");
        var url = at >= 0 && at + 1 < arguments.Length ? arguments[at + 1] : "http://127.0.0.1:0";
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttp || Endpoint(uri) is not { } endpoint)
        {
            await Console.Error.WriteLineAsync($"--urls takes one http address with an IP or localhost, not '{url}'.");
            return 2;
        }

        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle);
        try
        {
            await using var server = await StartAsync(endpoint, arguments.Contains("--bench"));
            await stop.Task;
            return 0;
        }
        catch (IOException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }

        void Handle(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.TrySetResult();
        }
    }

    private static async Task<IAsyncDisposable> StartAsync(IPEndPoint endpoint, bool bench)
    {
        if (bench)
        {
            // Read by the runtime at the first socket: completions then run on the thread that polls. There is no other way to set it.
            Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
            var fast = await BenchUpstream.StartAsync(endpoint);
            Say(fast.Address);
            return fast;
        }

        var scripted = await ScriptedUpstream.StartAsync(endpoint, keepRequests: false);
        Say(scripted.Address);
        return scripted;
    }

    private static void Say(Uri address) => Console.WriteLine($"listening on {address.GetLeftPart(UriPartial.Authority)}");

    private static IPEndPoint? Endpoint(Uri uri) =>
        uri.Host == "localhost" ? new(IPAddress.Loopback, uri.Port) : IPAddress.TryParse(uri.Host, out var ip) ? new(ip, uri.Port) : null;
}
