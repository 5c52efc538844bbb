using System.Net;
using System.Net.Sockets;
using AiGateway.Providers;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static AiGateway.Tests.Providers.HttpProviderFixture;

namespace AiGateway.Tests.Providers;

public sealed class HttpProviderFailureTests
{
    // Of a time that stands still until a test has seen what the limit is to be over after.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Nobody_listens()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        using var provider = Create(Options($"http://127.0.0.1:{port}"));

        Assert.Equal(ProviderFailure.Unreachable, await FailureAsync(async () => await provider.SendAsync(Chat(), CancellationToken.None)));
    }

    [Fact]
    public async Task No_such_host()
    {
        using var provider = Create(Options("http://no-such-host.invalid"));

        Assert.Equal(ProviderFailure.Unreachable, await FailureAsync(async () => await provider.SendAsync(Chat(), CancellationToken.None)));
    }

    [Fact]
    public async Task Tls_fails()
    {
        await using var server = new RawServer(c => c.SendAsync("this is not TLS"));
        using var provider = Create(Options(server.Url.Replace("http:", "https:", StringComparison.Ordinal)));

        Assert.Equal(ProviderFailure.Unreachable, await FailureAsync(async () => await provider.SendAsync(Chat(), CancellationToken.None)));
    }

    [Fact]
    public async Task Slow_to_connect()
    {
        // A TLS handshake that gets no answer is part of connecting, and is slow wherever the test runs. The limit is the HTTP stack's
        // and so of real time, but it races with nothing.
        await using var server = new RawServer(c => c.WaitForCloseAsync());
        using var provider = Create(
            Options(server.Url.Replace("http:", "https:", StringComparison.Ordinal)) with { ConnectTimeout = TimeSpan.FromMilliseconds(200) }, _time);

        Assert.Equal(ProviderFailure.ConnectTimeout, await FailureAsync(async () => await provider.SendAsync(Chat(), CancellationToken.None)));
    }

    [Fact]
    public async Task Slow_to_the_status()
    {
        var arrived = new TaskCompletionSource();
        await using var server = new RawServer(async c =>
        {
            await c.ReadRequestAsync();
            arrived.SetResult();
            await c.WaitForCloseAsync();
        });
        using var provider = Create(Options(server.Url) with { FirstByteTimeout = Limit }, _time);

        var call = provider.SendAsync(Chat(), CancellationToken.None).AsTask();
        await arrived.Task.WaitAsync(Waits.Deadline);
        _time.Advance(2 * Limit);
        Assert.Equal(ProviderFailure.FirstByteTimeout, await FailureAsync(() => call));
        await server.AllClosedAsync();
    }

    [Fact]
    public async Task Slow_to_the_first_byte_of_the_body()
    {
        await using var server = new RawServer(async c =>
        {
            await c.ReadRequestAsync();
            await c.SendStreamHeadAsync();
            await c.WaitForCloseAsync();
        });
        using var provider = Create(Options(server.Url) with { FirstByteTimeout = Limit }, _time);

        await using var answer = await provider.SendAsync(Chat(stream: true), CancellationToken.None);
        var first = answer.Body.ReadAsync(new byte[10]).AsTask();
        _time.Advance(2 * Limit);
        Assert.Equal(ProviderFailure.FirstByteTimeout, await FailureAsync(() => first));
        await server.AllClosedAsync();
    }

    [Fact]
    public async Task Silent_in_mid_stream()
    {
        await using var server = new RawServer(async c =>
        {
            await c.ReadRequestAsync();
            await c.SendStreamHeadAsync();
            await c.SendChunkAsync("data: 1\n\n");
            await c.WaitForCloseAsync();
        });
        using var provider = Create(Options(server.Url) with { IdleTimeout = Limit }, _time);

        await using var answer = await provider.SendAsync(Chat(stream: true), CancellationToken.None);
        Assert.Equal(9, await answer.Body.ReadAsync(new byte[100]));
        var next = answer.Body.ReadAsync(new byte[100]).AsTask();
        _time.Advance(2 * Limit);
        Assert.Equal(ProviderFailure.IdleTimeout, await FailureAsync(() => next));
        await server.AllClosedAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Closed_or_reset_before_the_status(bool reset)
    {
        await using var server = new RawServer(async c =>
        {
            await c.ReadRequestAsync();
            End(c, reset);
        });
        using var provider = Create(server);

        Assert.Equal(ProviderFailure.ClosedEarly, await FailureAsync(async () => await provider.SendAsync(Chat(), CancellationToken.None)));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task Closed_or_reset_in_the_body(bool chunked, bool reset)
    {
        var seen = new TaskCompletionSource();
        await using var server = new RawServer(async c =>
        {
            await c.ReadRequestAsync();
            if (chunked)
            {
                await c.SendStreamHeadAsync();
                await c.SendChunkAsync("12345");
            }
            else
            {
                await c.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n12345");
            }

            // A reset throws away what was not read yet: it comes when the beginning has been.
            await seen.Task;
            End(c, reset);
        });
        using var provider = Create(server);

        await using var answer = await provider.SendAsync(Chat(), CancellationToken.None);
        Assert.Equal(5, await answer.Body.ReadAsync(new byte[100]));
        var rest = answer.Body.ReadAsync(new byte[100]);
        seen.SetResult();
        Assert.Equal(ProviderFailure.ClosedEarly, await FailureAsync(async () => await rest));
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.6\r\n\r\n")]
    [InlineData("HTTP/1.1 abc\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nno colon here\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}")]
    public async Task Not_the_http_that_was_asked_for(string bytes)
    {
        await using var server = new RawServer(async c =>
        {
            await c.ReadRequestAsync();
            await c.SendAsync(bytes);
        });
        using var provider = Create(server);

        Assert.Equal(ProviderFailure.InvalidAnswer, await FailureAsync(async () => await provider.SendAsync(Chat(), CancellationToken.None)));
    }

    [Fact]
    public async Task A_chunk_that_is_none()
    {
        await using var server = new RawServer(async c =>
        {
            await c.ReadRequestAsync();
            await c.SendStreamHeadAsync();
            await c.SendAsync("zzz\r\n");
        });
        using var provider = Create(server);

        await using var answer = await provider.SendAsync(Chat(stream: true), CancellationToken.None);
        Assert.Equal(ProviderFailure.InvalidAnswer, await FailureAsync(() => answer.Body.ReadAsync(new byte[10]).AsTask()));
    }

    [Fact]
    public async Task A_slow_reader_is_not_a_silent_provider()
    {
        var go = new TaskCompletionSource();
        await using var server = new RawServer(async c =>
        {
            await c.ReadRequestAsync();
            await c.SendStreamHeadAsync();
            await c.SendChunkAsync("1");
            await go.Task;
            await c.SendChunkAsync("2");
            await c.WaitForCloseAsync();
        });
        using var provider = Create(Options(server.Url) with { IdleTimeout = Limit }, _time);
        await using var answer = await provider.SendAsync(Chat(stream: true), CancellationToken.None);
        Assert.Equal(1, await answer.Body.ReadAsync(new byte[1]));

        _time.Advance(TimeSpan.FromHours(1));
        var next = answer.Body.ReadAsync(new byte[1]);
        Assert.False(next.IsCompleted);
        _time.Advance(Limit - TimeSpan.FromSeconds(1));
        go.SetResult();
        Assert.Equal(1, await next.AsTask().WaitAsync(Waits.Deadline));

        var silent = answer.Body.ReadAsync(new byte[1]);
        _time.Advance(Limit + TimeSpan.FromSeconds(1));
        Assert.Equal(ProviderFailure.IdleTimeout, await FailureAsync(async () => await silent));
    }

    private static void End(RawConnection connection, bool reset)
    {
        if (reset)
            connection.Reset();
        else
            connection.Close();
    }
}
