using AiGateway.Grains.Tests;
using StackExchange.Redis;

namespace AiGateway.Cluster.Tests;

/// <summary>The judge of who wrote sees what it is to see: here a store without a fence, which lets everybody in.</summary>
public sealed class WriterWatchTests : IAsyncLifetime
{
    private const string Append = "redis.call('XADD', KEYS[2], '*', 'f', ARGV[2])";
    private const string TakeOver = "redis.call('HINCRBY', KEYS[1], 'epoch', 1)";

    private readonly RedisServer _redis = new();
    private WriterWatch _watch = null!;
    private ConnectionMultiplexer _one = null!;
    private ConnectionMultiplexer _other = null!;
    private int _expected;

    public async Task InitializeAsync()
    {
        await _redis.InitializeAsync();
        _watch = await WriterWatch.StartAsync(_redis.Port);
        _one = await ConnectionMultiplexer.ConnectAsync(_redis.Configuration);
        _other = await ConnectionMultiplexer.ConnectAsync(_redis.Configuration);
    }

    public async Task DisposeAsync()
    {
        await _one.DisposeAsync();
        await _other.DisposeAsync();
        await _watch.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task Each_epoch_s_writer_behind_the_last_one_s_is_in_order()
    {
        await AppendAsync(_one, "0", "a \"quoted\" \\ text\n");
        await AppendAsync(_one, "0", "b");
        await TakeOverAsync();
        await AppendAsync(_other, "1", "c");
        await TakeOverAsync();
        await AppendAsync(_one, "2", "d");

        Assert.Empty(await BrokenAsync());
        Assert.Equal((4, 2), (_watch.Writes, _watch.TakeOvers));
    }

    [Fact]
    public async Task A_write_of_an_epoch_that_is_over_is_told()
    {
        await AppendAsync(_one, "0", "a");
        await TakeOverAsync();
        await AppendAsync(_one, "0", "b");

        Assert.Contains("of epoch 0 in epoch 1", Assert.Single(await BrokenAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_that_write_by_turns_in_one_epoch_are_told()
    {
        await AppendAsync(_one, "0", "a");
        await AppendAsync(_other, "0", "b");
        await AppendAsync(_one, "0", "c");

        Assert.Contains("by turns, in epoch 0", Assert.Single(await BrokenAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_hears_nothing_proves_nothing() => Assert.Contains("proves nothing", Assert.Single(await BrokenAsync()), StringComparison.Ordinal);

    private Task AppendAsync(ConnectionMultiplexer by, string epoch, string text)
    {
        _expected++;
        return by.GetDatabase().ScriptEvaluateAsync(Append, ["{aigateway}:resp:r", "{aigateway}:events:r"], [epoch, text]);
    }

    private Task TakeOverAsync() => _other.GetDatabase().ScriptEvaluateAsync(TakeOver, ["{aigateway}:resp:r", "{aigateway}:owners"]);

    private async Task<IReadOnlyList<string>> BrokenAsync()
    {
        await Calls.UntilAsync(() => Task.FromResult(_watch.Writes == _expected), TimeSpan.FromSeconds(20), () => $"{_watch.Writes} of {_expected} writes were heard.");
        return _watch.Broken();
    }
}
