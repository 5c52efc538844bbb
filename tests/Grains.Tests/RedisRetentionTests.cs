using AiGateway.Engine;
using AiGateway.Grains.Redis;
using StackExchange.Redis;

namespace AiGateway.Grains.Tests;

/// <summary>What is kept in Redis goes when it was kept long enough, and Redis being away is said plainly.</summary>
[Collection(RedisTests.Name)]
public sealed class RedisRetentionTests(RedisServer server)
{
    private static readonly TimeSpan Retention = TimeSpan.FromHours(1);

    [Fact]
    public async Task A_response_that_ended_expires_with_all_that_was_kept_of_it_and_one_that_runs_does_not()
    {
        await using var stores = new RedisStores(server, Retention);
        var response = Response("resp_1") with { IdempotencyKey = new IdempotencyKey("key", "hash") };
        await stores.Responses.CreateAsync(response, new EventPage(0, 1, "event: e\ndata: a\n\n"u8.ToArray()), default);
        RedisKey[] keys = [stores.Keys.Response("resp_1"), stores.Keys.Events("resp_1"), stores.Keys.IdempotencyKey(null, "key")];
        Assert.All(await LivesAsync(stores, keys), Assert.Null);

        await stores.Responses.EndAsync(response, new ResponseEnd { Status = "completed", Body = "{}"u8.ToArray() });

        Assert.All(await LivesAsync(stores, keys), life => Assert.InRange(life!.Value, Retention - TimeSpan.FromMinutes(5), Retention));
        Assert.Empty(await stores.Responses.ListAsync(default));
    }

    [Fact]
    public async Task Conversations_go_when_they_were_not_used_and_completions_and_usage_when_they_are_old()
    {
        await using var stores = new RedisStores(server);
        var now = TimeProvider.System.GetUtcNow();
        for (var i = 0; i < 3; i++)
        {
            await stores.Conversations.CreateAsync(
                new StoredConversation { Id = $"conv_{i}", CreatedAt = now, Metadata = "{}"u8.ToArray() }, [new StoredItem($"msg_{i}", "{}"u8.ToArray())], default);
            await stores.Completions.SaveAsync(new StoredCompletion
            {
                Id = $"c{i}",
                CreatedAt = i == 0 ? now + TimeSpan.FromDays(2) : now,
                Model = "m",
                Metadata = "{}"u8.ToArray(),
                Body = "{}"u8.ToArray(),
                Messages = "[]"u8.ToArray(),
            });
            await stores.Usage.AppendAsync(
                [new UsageRecord { Id = $"call_{i}", KeyId = "k", Api = "chat", StartedAt = i == 0 ? now + TimeSpan.FromDays(2) : now, Outcome = "completed", InputTokens = 10 }]);
        }

        Assert.Equal(0, await Sweeper(now).SweepAsync(default));
        Assert.Equal(7, await Sweeper(now + TimeSpan.FromDays(1)).SweepAsync(default));

        Assert.Null(await stores.Conversations.FindAsync(null, "conv_1", default));
        Assert.Null(await stores.Conversations.FindItemAsync(null, null, "msg_1", default));
        Assert.Equal(["call_0"], (await stores.Usage.ListAsync(new UsageQuery(), null, default)).Select(record => record.Id));
        Assert.Equal(30, (await stores.Usage.SpentAsync("key", "k", DateTimeOffset.UnixEpoch, default)).Tokens);
        Assert.Equal(["c0"], (await stores.Completions.ListAsync(new CompletionQuery { Limit = 10 }, default)).Select(c => c.Id));

        RedisSweeper Sweeper(DateTimeOffset at) => new(stores.Conversations, stores.Completions, stores.Usage, () => (Retention, Retention), new StandingTime(at));
    }

    [Fact]
    public async Task A_redis_that_is_away_or_silent_is_said_to_be()
    {
        var own = new RedisServer();
        await own.InitializeAsync();
        await using var stores = new RedisStores(own);
        await stores.Responses.CreateAsync(Response("resp_1"), default, default);
        own.Freeze();
        await Assert.ThrowsAsync<StorageUnavailableException>(async () => await stores.Responses.FindAsync(null, "resp_1", default));
        own.Thaw();
        await own.KillAsync();
        await Assert.ThrowsAsync<StorageUnavailableException>(async () => await stores.Responses.CreateAsync(Response("resp_2"), default, default));
        await own.RestartAsync();

        // It comes back by itself, with what it was told before.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            try
            {
                Assert.NotNull(await stores.Responses.FindAsync(null, "resp_1", default));
                break;
            }
            catch (StorageUnavailableException)
            {
                await Task.Delay(20, patience.Token);
            }
        }

        await own.DisposeAsync();
    }

    [Fact]
    public async Task An_end_of_which_nothing_was_heard_may_be_told_again_and_another_may_not()
    {
        await using var stores = new RedisStores(server);
        var (response, end) = (Response("resp_1"), new ResponseEnd { Status = "completed", Body = "{}"u8.ToArray(), Deliveries = [Delivery()] });
        await stores.Responses.CreateAsync(response, default, default);

        Assert.True(await stores.Responses.EndAsync(response, end));
        Assert.True(await stores.Responses.EndAsync(response, end));
        Assert.False(await stores.Responses.EndAsync(response, end with { Body = "{ }"u8.ToArray() }));
        Assert.Single((await stores.Webhooks.DueAsync("e", TimeProvider.System.GetUtcNow(), 10, default)).Due);
    }

    private static async Task<TimeSpan?[]> LivesAsync(RedisStores stores, RedisKey[] keys)
    {
        var lives = new List<TimeSpan?>();
        foreach (var key in keys)
            lives.Add(await stores.Connection.CallAsync(database => database.KeyTimeToLiveAsync(key)));
        return [.. lives];
    }

    private static StoredResponse Response(string id) => new()
    {
        Id = id,
        Status = "queued",
        CreatedAt = TimeProvider.System.GetUtcNow(),
        Body = "{}"u8.ToArray(),
        Input = "[]"u8.ToArray(),
        Background = true,
        Stream = true,
        Run = new RunRequest { RequestId = "req_1", Body = "{}"u8.ToArray() },
    };

    private static WebhookDelivery Delivery() => new() { Id = "evt_1", Endpoint = "e", Body = "{}"u8.ToArray(), DueAt = DateTimeOffset.UnixEpoch };

    private sealed class StandingTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
