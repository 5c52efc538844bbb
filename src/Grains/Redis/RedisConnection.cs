using System.Diagnostics;
using System.Net;
using AiGateway.Engine;
using AiGateway.Grains.Silos;
using StackExchange.Redis;

namespace AiGateway.Grains.Redis;

/// <summary>
/// The connection to Redis that all stores of a process share. It is made at the first call and made again by itself when it breaks. No call waits longer
/// than the timeout: where Redis is away, it fails with <see cref="StorageUnavailableException"/> at once or soon.
/// </summary>
/// <param name="configuration">The server, as StackExchange.Redis has it.</param>
/// <param name="metrics">Gets each call's duration; null for nobody.</param>
internal sealed class RedisConnection(string configuration, ClusterMetrics? metrics = null) : IAsyncDisposable
{
    // What the configuration does not say: short enough for a client to hear of it, long enough for a server that forks to write its file.
    private const int Timeout = 3000;

    private readonly Lock _gate = new();
    private Task<ConnectionMultiplexer>? _connecting;

    /// <summary>Whether it is connected now.</summary>
    public bool IsConnected => _connecting is { IsCompletedSuccessfully: true } connecting && connecting.Result.IsConnected;

    /// <summary>Its servers, without anything secret.</summary>
    public string Servers => string.Join(", ", Options(configuration).EndPoints.Select(static server => server is DnsEndPoint name ? $"{name.Host}:{name.Port}" : server.ToString()));

    /// <summary>The options of a configuration, with the bounds that no call may miss.</summary>
    public static ConfigurationOptions Options(string configuration)
    {
        var options = ConfigurationOptions.Parse(configuration);
        options.AbortOnConnectFail = false;
        options.BacklogPolicy = BacklogPolicy.FailFast;
        options.ReconnectRetryPolicy = new LinearRetry(500);
        if (!configuration.Contains("asyncTimeout", StringComparison.OrdinalIgnoreCase))
            options.AsyncTimeout = Timeout;
        if (!configuration.Contains("connectTimeout", StringComparison.OrdinalIgnoreCase))
            options.ConnectTimeout = Timeout;
        return options;
    }

    /// <summary>Asks Redis.</summary>
    /// <typeparam name="T">What it answers.</typeparam>
    /// <param name="call">The call.</param>
    /// <param name="cancellationToken">Gives up waiting; what was sent is done all the same.</param>
    /// <exception cref="StorageUnavailableException">It does not answer, or cannot keep anything now.</exception>
    public async ValueTask<T> CallAsync<T>(Func<IDatabase, Task<T>> call, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var began = Stopwatch.GetTimestamp();
        var failed = true;
        try
        {
            var connection = await ConnectAsync();
            var result = await call(connection.GetDatabase()).WaitAsync(cancellationToken);
            failed = false;
            return result;
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            throw new StorageUnavailableException("Redis cannot be used now.", e);
        }
        finally
        {
            metrics?.RedisCall(Stopwatch.GetElapsedTime(began), failed);
        }
    }

    /// <summary>Runs a script.</summary>
    public ValueTask<RedisResult> RunAsync(string script, RedisKey[] keys, RedisValue[] values, CancellationToken cancellationToken = default) =>
        CallAsync(database => database.ScriptEvaluateAsync(script, keys, values), cancellationToken);

    /// <summary>Hears what is published.</summary>
    /// <param name="channel">Where.</param>
    /// <param name="heard">Called for each message.</param>
    public async Task SubscribeAsync(string channel, Action<RedisValue> heard) =>
        await (await ConnectAsync()).GetSubscriber().SubscribeAsync(RedisChannel.Literal(channel), (_, message) => heard(message));

    /// <summary>Tells whoever hears, and whether or not anybody does.</summary>
    /// <param name="channel">Where.</param>
    /// <param name="message">What.</param>
    public async Task PublishAsync(string channel, RedisValue message)
    {
        try
        {
            await CallAsync(database => database.PublishAsync(RedisChannel.Literal(channel), message));
        }
        catch (StorageUnavailableException)
        {
            // Who was to hear of it looks by itself from time to time.
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_connecting is not { } connecting)
            return;
        await ((Task)connecting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (connecting.IsCompletedSuccessfully)
            await connecting.Result.DisposeAsync();
    }

    private Task<ConnectionMultiplexer> ConnectAsync()
    {
        if (_connecting is { IsCompletedSuccessfully: true } connected)
            return connected;
        lock (_gate)
        {
            if (_connecting is null or { IsFaulted: true } or { IsCanceled: true })
                _connecting = ConnectionMultiplexer.ConnectAsync(Options(configuration));
            return _connecting;
        }
    }
}
