using System.IO.Pipelines;
using System.Text;
using AiGateway.Providers;
using AiGateway.Providers.Events;
using Xunit;

namespace AiGateway.Tests.Providers;

public sealed class EventStreamReaderTests
{
    [Theory]
    [InlineData("data: a\n\ndata: b\n\n", "message:a|message:b")]
    [InlineData("data:a\r\n\r\ndata:b\r\n\r\n", "message:a|message:b")]
    [InlineData("data: a\r\rdata: b\r\r", "message:a|message:b")]
    [InlineData("event: x\ndata: a\n\ndata: b\n\n", "x:a|message:b")]
    [InlineData("data: a\ndata: b\n\n", "message:a\nb")]
    [InlineData(": hello\n\ndata: a\n\n: bye\n\n", "message:a")]
    [InlineData("\uFEFFdata: a\n\n", "message:a")]
    [InlineData("data:  a\n\n", "message: a")]
    [InlineData("id: 1\nretry: 3\nfoo: bar\ndata: a\n\n", "message:a")]
    [InlineData("data\n\n", "message:")]
    [InlineData("", "")]
    [InlineData("\n\n\n", "")]
    public async Task Reads_events(string text, string expected) =>
        Assert.Equal(expected, string.Join('|', await ReadAllAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)))));

    [Theory]
    [InlineData("data: a")]
    [InlineData("data: a\n")]
    [InlineData("data: a\r\n")]
    [InlineData("data: a\r")]
    [InlineData("data: a\n\n")]
    [InlineData("data: a\r\n\r")]
    public async Task A_last_event_without_its_blank_line_counts(string text) =>
        Assert.Equal(["message:a"], await ReadAllAsync(new MemoryStream(Encoding.UTF8.GetBytes(text))));

    [Fact]
    public async Task Completes_at_once_exactly_when_an_event_is_at_hand()
    {
        var pipe = new Pipe();
        await using var reader = new EventStreamReader(pipe.Reader.AsStream());
        await pipe.Writer.WriteAsync("data: 1\n\ndata: 2\n\ndata: 3"u8.ToArray());

        Assert.True(await reader.ReadAsync());
        var second = reader.ReadAsync();
        Assert.True(second.IsCompleted);
        Assert.True(await second);
        Assert.Equal("2", Encoding.UTF8.GetString(reader.Data.Span));

        var third = reader.ReadAsync();
        Assert.False(third.IsCompleted);
        await pipe.Writer.WriteAsync("\n\n"u8.ToArray());
        Assert.True(await third.AsTask().WaitAsync(Waits.Deadline));
        Assert.Equal("3", Encoding.UTF8.GetString(reader.Data.Span));

        var end = reader.ReadAsync();
        Assert.False(end.IsCompleted);
        await pipe.Writer.CompleteAsync();
        Assert.False(await end.AsTask().WaitAsync(Waits.Deadline));
    }

    [Fact]
    public async Task Grows_for_a_large_event()
    {
        var large = new string('x', 3_000_000);

        var events = await ReadAllAsync(new MemoryStream(Encoding.UTF8.GetBytes($"data: a\n\ndata: {large}\n\ndata: b\n\n")));

        Assert.Equal(["message:a", "message:" + large, "message:b"], events);
    }

    [Theory]
    [InlineData("data: ", "x")]
    [InlineData("", "data: xxxxxxxxxxxxxxxxxxxx\n")]
    [InlineData("", "data: xxxxxxxxxxxxxxxxxxxx\r\n")]
    [InlineData("", "x")]
    public async Task Bounds_an_endless_event(string start, string repeated)
    {
        var read = 0L;
        var body = new EndlessStream(start, repeated, n => read += n);
        await using var reader = new EventStreamReader(body, maxEventBytes: 100_000);

        var exception = await Assert.ThrowsAsync<ProviderException>(async () => await reader.ReadAsync());

        Assert.Equal(ProviderFailure.TooLarge, exception.Failure);
        Assert.InRange(read, 100_000, 1_000_000);
    }

    [Fact]
    public async Task Does_not_count_heartbeats_or_earlier_events()
    {
        var text = new StringBuilder();
        for (var i = 0; i < 5000; i++)
            text.Append(": keep-alive\r\n\r\n").Append("data: x\n\n");

        var events = await ReadAllAsync(new MemoryStream(Encoding.UTF8.GetBytes(text.ToString())), maxEventBytes: 5000);

        Assert.Equal(5000, events.Count);
    }

    [Fact]
    public async Task A_failure_of_the_body_comes_through()
    {
        var pipe = new Pipe();
        await using var reader = new EventStreamReader(pipe.Reader.AsStream());
        await pipe.Writer.WriteAsync("data: 1\n\ndata: 2"u8.ToArray());
        Assert.True(await reader.ReadAsync());

        await pipe.Writer.CompleteAsync(new ProviderException(ProviderFailure.ClosedEarly));

        // What was cut off by a failure is not an event.
        await Assert.ThrowsAsync<ProviderException>(async () => await reader.ReadAsync());
    }

    [Fact]
    public async Task Can_be_let_go_in_the_middle_of_a_read()
    {
        var pipe = new Pipe();
        var reader = new EventStreamReader(pipe.Reader.AsStream());
        var read = reader.ReadAsync().AsTask();

        await reader.DisposeAsync();

        await pipe.Writer.WriteAsync("data: late\n\n"u8.ToArray());
        Assert.True(await read.WaitAsync(Waits.Deadline));
    }

    internal static async Task<List<string>> ReadAllAsync(Stream body, int maxEventBytes = EventStreamReader.DefaultMaxEventBytes)
    {
        var events = new List<string>();
        await using var reader = new EventStreamReader(body, maxEventBytes);
        while (await reader.ReadAsync())
            events.Add($"{reader.EventType}:{Encoding.UTF8.GetString(reader.Data.Span)}");
        return events;
    }
}
