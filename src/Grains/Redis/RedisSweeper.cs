namespace AiGateway.Grains.Redis;

/// <summary>Deletes what was kept long enough and does not expire by itself: conversations and stored completions. In small steps.</summary>
/// <param name="conversations">The conversations.</param>
/// <param name="completions">The completions.</param>
/// <param name="retention">How long they are kept; zero for ever. Asked anew each time.</param>
/// <param name="time">The clock.</param>
internal sealed class RedisSweeper(RedisConversationStore conversations, RedisCompletionStore completions, Func<TimeSpan> retention, TimeProvider time)
{
    private const int AtOnce = 100;

    /// <summary>Deletes everything that is due.</summary>
    /// <param name="cancellationToken">Stops between two steps.</param>
    /// <returns>How many objects were deleted.</returns>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        var (now, keep) = (time.GetUtcNow(), retention());
        if (keep <= TimeSpan.Zero || keep >= now - DateTimeOffset.UnixEpoch)
            return 0;
        var deleted = 0;
        for (var last = AtOnce; last == AtOnce;)
            deleted += last = await conversations.DeleteUnusedAsync(now - keep, AtOnce, cancellationToken);
        for (var last = AtOnce; last == AtOnce;)
            deleted += last = await completions.DeleteOldAsync(now - keep, AtOnce, cancellationToken);
        return deleted;
    }
}
