namespace AiGateway.Grains.Redis;

/// <summary>Deletes what was kept long enough and does not expire by itself: conversations, stored completions and usage. In small steps.</summary>
/// <param name="conversations">The conversations.</param>
/// <param name="completions">The completions.</param>
/// <param name="usage">The usage.</param>
/// <param name="retention">How long conversations and completions are kept, and how long usage; zero for ever. Asked anew each time.</param>
/// <param name="time">The clock.</param>
internal sealed class RedisSweeper(RedisConversationStore conversations, RedisCompletionStore completions, RedisUsageStore usage, Func<(TimeSpan Stored, TimeSpan Usage)> retention, TimeProvider time)
{
    private const int AtOnce = 100;

    /// <summary>Deletes everything that is due.</summary>
    /// <param name="cancellationToken">Stops between two steps.</param>
    /// <returns>How many objects were deleted.</returns>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        var (now, keep) = (time.GetUtcNow(), retention());
        var deleted = 0;
        if (Ends(keep.Stored))
        {
            for (var last = AtOnce; last == AtOnce;)
                deleted += last = await conversations.DeleteUnusedAsync(now - keep.Stored, AtOnce, cancellationToken);
            for (var last = AtOnce; last == AtOnce;)
                deleted += last = await completions.DeleteOldAsync(now - keep.Stored, AtOnce, cancellationToken);
        }

        if (Ends(keep.Usage))
        {
            for (var last = AtOnce; last == AtOnce;)
                deleted += last = await usage.DeleteOldAsync(now - keep.Usage, AtOnce, cancellationToken);
        }

        return deleted;

        bool Ends(TimeSpan kept) => kept > TimeSpan.Zero && kept < now - DateTimeOffset.UnixEpoch;
    }
}
