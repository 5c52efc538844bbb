using AiGateway.Engine;
using SQLitePCL;

namespace AiGateway.Embedded.Tests;

/// <summary>By itself: it looks at the memory of the whole process.</summary>
[CollectionDefinition(nameof(SqliteMemoryTests), DisableParallelization = true)]
[Collection(nameof(SqliteMemoryTests))]
public sealed class SqliteMemoryTests
{
    private const long Mebibyte = 1024 * 1024;

    [Fact]
    public async Task Memory_does_not_grow_with_what_is_stored_nor_does_the_log()
    {
        await using var stores = Stores.InFile();
        await KeepAsync(stores, 0, 8000);
        var (managed, native) = (GC.GetTotalMemory(forceFullCollection: true), raw.sqlite3_memory_used());

        await KeepAsync(stores, 8000, 20_000);

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - managed, long.MinValue, 4 * Mebibyte);
        Assert.InRange(raw.sqlite3_memory_used() - native, long.MinValue, 4 * Mebibyte);
        Assert.InRange(new FileInfo(stores.Path).Length, 40 * Mebibyte, long.MaxValue);
        Assert.InRange(new FileInfo(stores.Path + "-wal").Length, 0, 32 * Mebibyte);
    }

    private static Task KeepAsync(Stores stores, int from, int count) => Task.WhenAll(Enumerable.Range(0, 16).Select(async worker =>
    {
        for (var i = from + worker; i < from + count; i += 16)
        {
            var response = new StoredResponse { Id = $"resp_{i:00000}", Status = "in_progress", CreatedAt = DateTimeOffset.UnixEpoch, Body = new byte[2000], Input = new byte[500] };
            Assert.True(await stores.Responses.EndAsync(response, new ResponseEnd { Status = "completed", Body = response.Body }));
            Assert.NotNull(await stores.Responses.FindAsync(null, response.Id, default));
        }
    }));
}
