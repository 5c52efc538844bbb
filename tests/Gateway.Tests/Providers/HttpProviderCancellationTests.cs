using AiGateway.Providers;
using Xunit;
using static AiGateway.Tests.Providers.HttpProviderFixture;

namespace AiGateway.Tests.Providers;

public sealed class HttpProviderCancellationTests
{
    [Fact]
    public async Task Before_the_status()
    {
        var arrived = new TaskCompletionSource();
        await using var server = new RawServer(async c =>
        {
            await c.ReadRequestAsync();
            arrived.SetResult();
            await c.WaitForCloseAsync();
        });
        using var provider = Create(server);
        using var source = new CancellationTokenSource();

        var call = provider.SendAsync(Chat(), source.Token).AsTask();
        await arrived.Task.WaitAsync(Waits.Deadline);
        await source.CancelAsync();

        var exception = await Assert.ThrowsAsync<OperationCanceledException>(() => call.WaitAsync(Waits.Deadline));
        Assert.Equal(source.Token, exception.CancellationToken);
        await server.AllClosedAsync();
    }

    [Fact]
    public async Task While_a_read_waits()
    {
        await using var server = new RawServer(StreamOneThenWaitAsync);
        using var provider = Create(server);
        using var source = new CancellationTokenSource();
        await using var answer = await provider.SendAsync(Chat(stream: true), source.Token);
        Assert.Equal(1, await answer.Body.ReadAsync(new byte[10], source.Token));

        var read = answer.Body.ReadAsync(new byte[10], source.Token).AsTask();
        await source.CancelAsync();

        var exception = await Assert.ThrowsAsync<OperationCanceledException>(() => read.WaitAsync(Waits.Deadline));
        Assert.Equal(source.Token, exception.CancellationToken);
        await server.AllClosedAsync();
    }

    [Fact]
    public async Task By_a_token_of_the_read_alone()
    {
        await using var server = new RawServer(StreamOneThenWaitAsync);
        using var provider = Create(server);
        using var source = new CancellationTokenSource();
        await using var answer = await provider.SendAsync(Chat(stream: true), CancellationToken.None);
        Assert.Equal(1, await answer.Body.ReadAsync(new byte[10], source.Token));

        var read = answer.Body.ReadAsync(new byte[10], source.Token).AsTask();
        await source.CancelAsync();

        var exception = await Assert.ThrowsAsync<OperationCanceledException>(() => read.WaitAsync(Waits.Deadline));
        Assert.Equal(source.Token, exception.CancellationToken);
        await server.AllClosedAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task By_disposing_the_answer(bool whileReading)
    {
        await using var server = new RawServer(StreamOneThenWaitAsync);
        using var provider = Create(server);
        var answer = await provider.SendAsync(Chat(stream: true), CancellationToken.None);
        Assert.Equal(1, await answer.Body.ReadAsync(new byte[10]));

        var read = whileReading ? answer.Body.ReadAsync(new byte[10]).AsTask() : null;
        await answer.DisposeAsync();

        await server.AllClosedAsync();
        if (read is not null)
            await Assert.ThrowsAnyAsync<Exception>(() => read.WaitAsync(Waits.Deadline));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => answer.Body.ReadAsync(new byte[10]).AsTask());
    }

    [Fact]
    public async Task Does_not_touch_the_calls_that_come_after()
    {
        var silent = true;
        await using var server = new RawServer(async c =>
        {
            while (await c.ReadRequestAsync() is not null)
            {
                if (silent)
                    await c.WaitForCloseAsync();
                else
                    await c.SendJsonAsync("{}");
            }
        });
        using var provider = Create(server);

        // The clock of a call is used again by the next: one that was cancelled must not be, and none may be cancelled late.
        for (var i = 0; i < 20; i++)
        {
            using var source = new CancellationTokenSource();
            silent = i % 4 == 0;
            var call = provider.SendAsync(Chat(), source.Token).AsTask();
            if (silent)
            {
                await source.CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WaitAsync(Waits.Deadline));
                continue;
            }

            var answer = await call.WaitAsync(Waits.Deadline);
            Assert.Equal("{}", await answer.ReadTextAsync());
            await answer.DisposeAsync();
            await source.CancelAsync();
        }
    }

    [Fact]
    public async Task Disposing_the_provider_lets_a_stream_end_and_leaves_no_connection()
    {
        var go = new TaskCompletionSource();
        await using var server = new RawServer(async c =>
        {
            await c.ReadRequestAsync();
            await c.SendStreamHeadAsync();
            await c.SendChunkAsync("1");
            await go.Task;
            await c.SendChunkAsync("2");
            await c.EndChunksAsync();
            await c.WaitForCloseAsync();
        });
        var provider = Create(server);
        await using var answer = await provider.SendAsync(Chat(stream: true), CancellationToken.None);
        Assert.Equal(1, await answer.Body.ReadAsync(new byte[10]));

        provider.Dispose();
        go.SetResult();

        Assert.Equal("2", await answer.ReadTextAsync());
        await server.AllClosedAsync();
    }

    private static async Task StreamOneThenWaitAsync(RawConnection connection)
    {
        await connection.ReadRequestAsync();
        await connection.SendStreamHeadAsync();
        await connection.SendChunkAsync("1");
        await connection.WaitForCloseAsync();
    }
}
