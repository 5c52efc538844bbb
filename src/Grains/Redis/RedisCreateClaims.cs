using AiGateway.Engine;
using AiGateway.Grains.Silos;

namespace AiGateway.Grains.Redis;

/// <summary>Holds of idempotency keys in Redis: a value that its process renews for as long as its call lasts, and that runs out where the process ended.</summary>
/// <param name="redis">The server.</param>
/// <param name="keys">The names.</param>
/// <param name="times">How long a hold lasts that is not renewed.</param>
/// <param name="time">The clock.</param>
internal sealed class RedisCreateClaims(RedisConnection redis, RedisKeys keys, ClusterTimes times, TimeProvider time) : ICreateClaims
{
    private readonly ClusterTimes _times = times;
    private readonly TimeProvider _time = time;

    // Key: the hold. Values: it, milliseconds. What is there already; nothing where it was taken.
    private const string Take = """
        local now = redis.call('GET', KEYS[1])
        if now then return now end
        redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
        return false
        """;

    // Key: the hold. Values: it, milliseconds; 0 lets go.
    private const string Renew = """
        if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
        if ARGV[2] == '0' then return redis.call('DEL', KEYS[1]) end
        return redis.call('PEXPIRE', KEYS[1], ARGV[2])
        """;

    private const char Separator = ' ';

    private long Lease => (long)_times.Lease.TotalMilliseconds;

    /// <inheritdoc/>
    public async ValueTask<(IAsyncDisposable? Hold, string? BodyHash)> TryTakeAsync(string? tenant, IdempotencyKey key, CancellationToken cancellationToken)
    {
        var name = (string)keys.CreateClaim(tenant, key.Key)!;
        var value = Guid.NewGuid().ToString("N") + Separator + key.BodyHash;
        var held = (string?)await redis.RunAsync(Take, [name], [value, Lease], cancellationToken);
        return held is null ? (new Hold(this, name, value), null) : (null, held[(held.IndexOf(Separator, StringComparison.Ordinal) + 1)..]);
    }

    private async Task RenewAsync(string name, string value, long lease)
    {
        try
        {
            await redis.RunAsync(Renew, [name], [value, lease]);
        }
        catch (StorageUnavailableException)
        {
            // The next time will do; and where it is not let go of, it runs out.
        }
    }

    private sealed class Hold : IAsyncDisposable
    {
        private readonly RedisCreateClaims _claims;
        private readonly string _name;
        private readonly string _value;
        private readonly ITimer _renewal;

        public Hold(RedisCreateClaims claims, string name, string value)
        {
            (_claims, _name, _value) = (claims, name, value);
            _renewal = claims._time.CreateTimer(
                static hold => _ = ((Hold)hold!).RenewAsync(), this, claims._times.Lease / 4, claims._times.Lease / 4);
        }

        public async ValueTask DisposeAsync()
        {
            await _renewal.DisposeAsync();
            await _claims.RenewAsync(_name, _value, 0);
        }

        private Task RenewAsync() => _claims.RenewAsync(_name, _value, _claims.Lease);
    }
}
