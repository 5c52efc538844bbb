namespace AiGateway.Engine.Contract;

/// <summary>What every engine promises of <see cref="IResponseStore"/>: the log of events.</summary>
public abstract class ResponseEventsContract : StoreContract
{
    [Fact]
    public async Task Events_are_read_behind_any_of_them()
    {
        await KeepAsync();
        var all = Events(0, "a", "b", "c", "d", "e", "f");

        for (var after = -1; after < 6; after++)
        {
            var page = await Responses.ReadEventsAsync("resp_1", after, 10_000, default);
            Assert.Equal((after + 1, 5 - after), (page.First, page.Count));
            Assert.Equal(Text(all.After(after).Frames), Text(page.Frames));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    [InlineData(100)]
    public async Task Events_are_read_in_pages(int maxBytes)
    {
        await KeepAsync();
        var (after, text, pages) = (-1L, "", 0);

        while (await Responses.ReadEventsAsync("resp_1", after, maxBytes, default) is { Count: > 0 } page)
        {
            Assert.Equal(after + 1, page.First);
            Assert.InRange(page.Frames.Length, 1, Math.Max(maxBytes, Events(0, "b", "c", "d").Frames.Length));
            (after, text, pages) = (page.Last, text + Text(page.Frames), pages + 1);
        }

        Assert.Equal(Text(Events(0, "a", "b", "c", "d", "e", "f").Frames), text);
        Assert.InRange(pages, 2, 6);
    }

    [Fact]
    public async Task Events_that_are_kept_already_are_not_kept_twice()
    {
        await KeepAsync();

        Assert.True(await Responses.AppendAsync("resp_1", 0, Events(4, "e", "f", "g")));
        Assert.True(await Responses.AppendAsync("resp_1", 0, Events(5, "f")));

        Assert.Equal(Text(Events(0, "a", "b", "c", "d", "e", "f", "g").Frames), Text((await Responses.ReadEventsAsync("resp_1", -1, 10_000, default)).Frames));
    }

    [Fact]
    public async Task Events_with_a_gap_before_them_are_refused()
    {
        await KeepAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await Responses.AppendAsync("resp_1", 0, Events(7, "h")));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await Responses.EndAsync(Background("resp_1"), Completed(Events(7, "h"))));

        var found = await Responses.FindAsync(null, "resp_1", default);
        Assert.Equal(("queued", 5), (found!.Status, found.LastSequence));
        Assert.True(await Responses.AppendAsync("resp_1", 0, Events(6, "g")));
    }

    [Fact]
    public async Task Events_may_be_large()
    {
        await Responses.CreateAsync(Background("resp_1"), default, default);
        var events = Events(0, new string('x', 1_000_000), "b");

        Assert.True(await Responses.AppendAsync("resp_1", 0, events));

        Assert.Equal(Text(events.Frames), Text((await Responses.ReadEventsAsync("resp_1", -1, 1, default)).Frames));
        Assert.Equal("event: e\ndata: b\n\n", Text((await Responses.ReadEventsAsync("resp_1", 0, 1, default)).Frames));
    }

    private async Task KeepAsync()
    {
        await Responses.CreateAsync(Background("resp_1"), Events(0, "a"), default);
        await Responses.CreateAsync(Background("resp_2"), Events(0, "other"), default);
        Assert.True(await Responses.AppendAsync("resp_1", 0, Events(1, "b", "c", "d")));
        Assert.True(await Responses.AppendAsync("resp_1", 0, Events(4, "e")));
        Assert.True(await Responses.AppendAsync("resp_1", 0, Events(5, "f")));
    }
}
