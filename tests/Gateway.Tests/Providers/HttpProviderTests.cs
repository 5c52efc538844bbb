using System.Globalization;
using System.Text;
using AiGateway.Protocol;
using AiGateway.Providers;
using Xunit;
using static AiGateway.Tests.Providers.HttpProviderFixture;

namespace AiGateway.Tests.Providers;

public sealed class HttpProviderTests
{
    [Fact]
    public async Task Sends_the_body_untouched_and_brings_the_answer()
    {
        RawRequest? seen = null;
        await using var server = new RawServer(async c =>
        {
            seen = await c.ReadRequestAsync();
            await c.SendJsonAsync("""{"id":"x"}""");
        });
        using var provider = Create(server);

        await using var answer = await provider.SendAsync(Chat(body: """{ "model":"m", "x": 1.50 }"""), CancellationToken.None);

        Assert.Equal(200, answer.Status);
        Assert.Equal("application/json", answer.ContentType);
        Assert.Equal(10, answer.ContentLength);
        Assert.Equal("""{"id":"x"}""", await answer.ReadTextAsync());
        Assert.Equal("POST /v1/chat/completions HTTP/1.1", seen!.Line);
        Assert.Equal("""{ "model":"m", "x": 1.50 }""", seen.Body);
        Assert.Equal("application/json", seen["Content-Type"]);
        Assert.Equal("application/json", seen["Accept"]);
        Assert.Equal("26", seen["Content-Length"]);
        Assert.Equal($"Bearer {Key}", seen["Authorization"]);
        Assert.Null(seen["Accept-Encoding"]);
        Assert.Null(seen["traceparent"]);
    }

    [Fact]
    public async Task Asks_for_events_when_streaming_and_for_a_model_by_get()
    {
        var seen = new List<RawRequest>();
        await using var server = new RawServer(async c =>
        {
            while (await c.ReadRequestAsync() is { } request)
            {
                seen.Add(request);
                await c.SendJsonAsync("{}");
            }
        });
        using var provider = Create(server);

        await using (var answer = await provider.SendAsync(Chat(stream: true), CancellationToken.None))
            await answer.ReadTextAsync();
        await using (var answer = await provider.SendAsync(new ProviderCall { Api = ApiKind.Models, ModelId = "a/b" }, CancellationToken.None))
            await answer.ReadTextAsync();

        Assert.Equal("text/event-stream", seen[0]["Accept"]);
        Assert.Equal("GET /v1/models/a%2Fb HTTP/1.1", seen[1].Line);
        Assert.Null(seen[1]["Content-Type"]);
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task Reads_a_stream_while_it_is_being_written()
    {
        var go = new SemaphoreSlim(0);
        await using var server = new RawServer(async c =>
        {
            await c.ReadRequestAsync();
            await c.SendStreamHeadAsync();
            for (var i = 0; i < 3; i++)
            {
                await c.SendChunkAsync(i.ToString(CultureInfo.InvariantCulture));
                await go.WaitAsync();
            }

            await c.EndChunksAsync();
        });
        using var provider = Create(server);
        await using var answer = await provider.SendAsync(Chat(stream: true), CancellationToken.None);

        Assert.True(answer.IsEventStream);
        Assert.Null(answer.ContentLength);
        var buffer = new byte[64];
        for (var i = 0; i < 3; i++)
        {
            var count = await answer.Body.ReadAsync(buffer).AsTask().WaitAsync(Waits.Deadline);
            Assert.Equal(i.ToString(CultureInfo.InvariantCulture), Encoding.ASCII.GetString(buffer, 0, count));
            go.Release();
        }

        Assert.Equal(0, await answer.Body.ReadAsync(buffer).AsTask().WaitAsync(Waits.Deadline));
    }

    [Fact]
    public async Task An_error_status_and_a_redirect_are_answers()
    {
        var statuses = new Queue<int>([302, 429, 500]);
        await using var server = new RawServer(async c =>
        {
            while (await c.ReadRequestAsync() is not null)
                await c.SendJsonAsync("{}", statuses.Dequeue(), "Location: http://127.0.0.1:1/\r\nRetry-After: 7\r\n");
        });
        using var provider = Create(server);

        foreach (var status in new[] { 302, 429, 500 })
        {
            await using var answer = await provider.SendAsync(Chat(), CancellationToken.None);
            Assert.Equal(status, answer.Status);
            Assert.Equal("7", answer.RetryAfter);
            Assert.Empty(answer.Headers);
            await answer.ReadTextAsync();
        }
    }

    [Fact]
    public async Task Reuses_a_connection_whose_reader_stopped_at_the_last_event()
    {
        await using var server = new RawServer(async c =>
        {
            while (await c.ReadRequestAsync() is not null)
            {
                await c.SendStreamHeadAsync();
                await c.SendChunkAsync("data: [DONE]\n\n");
                await c.EndChunksAsync();
            }
        });
        using var provider = Create(server);

        for (var i = 0; i < 3; i++)
        {
            await using var answer = await provider.SendAsync(Chat(stream: true), CancellationToken.None);
            _ = await answer.Body.ReadAsync(new byte[64]);
        }

        Assert.InRange(server.Connections, 1, 3);
    }

    [Fact]
    public async Task Serves_many_calls_at_once()
    {
        var all = new CountdownEvent(64);
        var open = new TaskCompletionSource();
        await using var server = new RawServer(async c =>
        {
            while (await c.ReadRequestAsync() is not null)
            {
                if (all.Signal())
                    open.SetResult();
                await open.Task;
                await c.SendJsonAsync("{}");
            }
        });
        using var provider = Create(server);

        // No call is answered before all have arrived: a cap on connections would hang here.
        var calls = Enumerable.Range(0, 64).Select(async _ =>
        {
            await using var answer = await provider.SendAsync(Chat(), CancellationToken.None);
            return await answer.ReadTextAsync();
        });

        Assert.All(await Task.WhenAll(calls).WaitAsync(Waits.Deadline), text => Assert.Equal("{}", text));
    }

    [Fact]
    public async Task Bounds_a_body_that_is_read_whole()
    {
        var chunked = false;
        await using var server = new RawServer(async c =>
        {
            while (await c.ReadRequestAsync() is not null)
            {
                if (!chunked)
                {
                    await c.SendJsonAsync("0123456789");
                    continue;
                }

                await c.SendStreamHeadAsync();
                await c.SendChunkAsync("01234");
                await c.SendChunkAsync("56789");
                await c.EndChunksAsync();
            }
        });
        using var provider = Create(server);

        foreach (var isChunked in new[] { false, true })
        {
            chunked = isChunked;
            await using (var answer = await provider.SendAsync(Chat(), CancellationToken.None))
                Assert.Equal(10, (await answer.ReadToEndAsync(10, CancellationToken.None)).Length);
            await using (var answer = await provider.SendAsync(Chat(), CancellationToken.None))
                Assert.Equal(ProviderFailure.TooLarge, await FailureAsync(async () => await answer.ReadToEndAsync(9, CancellationToken.None)));
        }
    }
}
