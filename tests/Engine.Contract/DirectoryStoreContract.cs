using System.Text;

namespace AiGateway.Engine.Contract;

/// <summary>What every engine promises of <see cref="IDirectoryStore"/>.</summary>
public abstract class DirectoryStoreContract : IAsyncLifetime
{
    protected IDirectoryStore Directory { get; private set; } = null!;

    /// <summary>Makes an empty store.</summary>
    protected abstract ValueTask<IDirectoryStore> OpenAsync();

    protected abstract ValueTask CloseAsync();

    public async Task InitializeAsync() => Directory = await OpenAsync();

    public async Task DisposeAsync() => await CloseAsync();

    [Fact]
    public async Task An_entry_is_there_with_its_revision()
    {
        var revision = await PutAsync("key", "a", 0, "one");

        var entry = Assert.Single(await Directory.ReadAsync(0, default));
        Assert.True(revision > 0);
        Assert.Equal(("key", "a", revision!.Value, "one"), (entry.Kind, entry.Id, entry.Revision, Encoding.UTF8.GetString(entry.Body.Span)));
    }

    [Fact]
    public async Task A_change_needs_the_revision_that_is_there()
    {
        var first = await PutAsync("key", "a", 0, "one");

        Assert.Null(await PutAsync("key", "a", 0, "again"));
        var second = await PutAsync("key", "a", first!.Value, "two");
        Assert.True(second > first);
        Assert.Null(await PutAsync("key", "a", first.Value, "late"));
        Assert.Null(await PutAsync("key", "none", 7, "no"));
        Assert.Equal("two", Encoding.UTF8.GetString(Assert.Single(await Directory.ReadAsync(0, default)).Body.Span));
    }

    [Fact]
    public async Task Only_what_changed_is_read_in_order()
    {
        var a = await PutAsync("key", "a", 0, "a");
        var b = await PutAsync("tenant", "a", 0, "b");
        var a2 = await PutAsync("key", "a", a!.Value, "a2");

        Assert.Equal([b!.Value, a2!.Value], (await Directory.ReadAsync(0, default)).Select(e => e.Revision));
        Assert.Equal([a2.Value], (await Directory.ReadAsync(b.Value, default)).Select(e => e.Revision));
        Assert.Empty(await Directory.ReadAsync(a2.Value, default));
    }

    [Fact]
    public async Task Of_changes_at_once_one_wins()
    {
        var first = await PutAsync("key", "a", 0, "one");

        var won = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => PutAsync("key", "a", first!.Value, "change " + i))));

        Assert.Single(won, revision => revision is not null);
    }

    private Task<long?> PutAsync(string kind, string id, long revision, string body) =>
        Directory.PutAsync(new DirectoryEntry(kind, id, revision, Encoding.UTF8.GetBytes(body)), default).AsTask();
}
