using System.Net.Sockets;
using System.Text;

namespace AiGateway.AspNetCore.Tests.Attacks;

/// <summary>Says over a socket what no HTTP client would.</summary>
internal sealed class RawClient : IAsyncDisposable
{
    private readonly TcpClient _client = new() { NoDelay = true };

    private RawClient()
    {
    }

    public static async Task<RawClient> ConnectAsync(Uri address)
    {
        var client = new RawClient();
        await client._client.ConnectAsync(address.Host, address.Port);
        return client;
    }

    /// <summary>Sends a whole conversation and reads what comes until the server hangs up.</summary>
    public static async Task<string> AskAsync(Uri address, string wire)
    {
        await using var client = await ConnectAsync(address);
        await client.SendAsync(wire);
        return await client.ReadToEndAsync();
    }

    /// <summary>Latin-1: a character is a byte.</summary>
    public async Task SendAsync(string wire)
    {
        try
        {
            await _client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(wire));
        }
        catch (IOException)
        {
            // The server need not hear all of it.
        }
    }

    /// <summary>Reads until the first answer's head is here; what is sent behind it is not waited for.</summary>
    public Task<string> ReadHeadAsync() => ReadAsync(untilHead: true);

    public Task<string> ReadToEndAsync() => ReadAsync(untilHead: false);

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return default;
    }

    private async Task<string> ReadAsync(bool untilHead)
    {
        using var late = new CancellationTokenSource(Harness.Waits.Deadline);
        var (text, buffer) = (new StringBuilder(), new byte[16 * 1024]);
        try
        {
            while (await _client.GetStream().ReadAsync(buffer, late.Token) is > 0 and var count)
            {
                text.Append(Encoding.Latin1.GetString(buffer, 0, count));
                if (untilHead && text.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
                    break;
            }
        }
        catch (IOException)
        {
            // Reset: what came, came.
        }

        return text.ToString();
    }
}
