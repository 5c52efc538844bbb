using AiGateway.Configuration;
using AiGateway.Embedded.Sqlite;
using AiGateway.Engine;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AiGateway.Embedded;

/// <summary>
/// Deletes what was kept for as long as <see cref="StorageOptions.Retention"/>, and of usage <see cref="StorageOptions.UsageRetention"/>, says, counted from a response's end, a chat completion's creation and a
/// conversation's last use, and gives its space back. In small steps, each a transaction that waits for what is urgent. In memory it holds all that is
/// kept within a bound too: what is oldest goes first.
/// </summary>
internal sealed partial class RetentionSweeper : BackgroundService
{
    /// <summary>How much is kept in memory, in bytes.</summary>
    public const long MemoryBound = 128L * 1024 * 1024;

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    private readonly SqliteDatabase _database;
    private readonly GatewayConfiguration _configuration;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly long _memoryBound;
    private readonly IDisposable _listening;

    /// <summary>Creates one.</summary>
    /// <param name="database">What is swept.</param>
    /// <param name="configuration">Says for how long things are kept; followed when it changes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where sweepings are told of.</param>
    /// <param name="memoryBound">How much is kept where it is kept in memory, in bytes.</param>
    public RetentionSweeper(
        SqliteDatabase database, GatewayConfiguration configuration, TimeProvider time, ILogger<RetentionSweeper> logger, long memoryBound = MemoryBound)
    {
        _database = database;
        _configuration = configuration;
        _time = time;
        _logger = logger;
        _memoryBound = memoryBound;

        // Before anything can change: the service itself begins on a thread of its own.
        var path = configuration.Current.Storage.Path;
        _listening = configuration.OnChange(options =>
        {
            if (options.Storage.Path != path)
                LogPathChanged();
        });
    }

    /// <summary>Deletes everything that is due.</summary>
    /// <param name="now">The time now.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    /// <returns>How many objects were deleted.</returns>
    /// <exception cref="StorageUnavailableException">The storage cannot be used now. What was deleted until then is.</exception>
    public async Task<int> SweepOnceAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var deleted = 0;
        if (_configuration.Current.Storage.Retention is var retention && retention > TimeSpan.Zero && retention < now - DateTimeOffset.UnixEpoch)
        {
            var before = SqliteValues.Time(now - retention);
            deleted += await RepeatAsync(session => RetentionRows.DeleteResponses(session, before), cancellationToken);
            deleted += await RepeatAsync(session => RetentionRows.DeleteCompletions(session, before), cancellationToken);
            deleted += await RepeatAsync(session => RetentionRows.DeleteConversations(session, before), cancellationToken);
        }

        if (_configuration.Current.Storage.UsageRetention is var usage && usage > TimeSpan.Zero && usage < now - DateTimeOffset.UnixEpoch)
            deleted += await RepeatAsync(session => RetentionRows.DeleteUsage(session, SqliteValues.Time(now - usage)), cancellationToken);

        // Somewhat below the bound, so that not every object that comes has another deleted.
        if (_database.IsInMemory && await _database.ReadAsync(RetentionRows.UsedBytes, cancellationToken) > _memoryBound)
            deleted += await RepeatAsync(session => RetentionRows.UsedBytes(session) > _memoryBound / 8 * 7 ? RetentionRows.DeleteOldest(session) : 0, cancellationToken);

        await RepeatAsync(static session => RetentionRows.ReturnSpace(session) ? 1 : 0, cancellationToken);
        return deleted;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _listening.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Interval, _time, stoppingToken);
                await TrySweepAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Also where the start failed and nobody asked the host to stop: it would take the exception for a failure of this service.
        }
    }

    // Nothing stays much longer than it is to be kept; and what is in memory grows fast.
    private TimeSpan Interval
    {
        get
        {
            var retention = _configuration.Current.Storage.Retention;
            return _database.IsInMemory ? Shortest : retention == TimeSpan.Zero ? Longest : TimeSpan.FromTicks(Math.Clamp((retention / 10).Ticks, Shortest.Ticks, Longest.Ticks));
        }
    }

    private async Task TrySweepAsync(CancellationToken cancellationToken)
    {
        try
        {
            var deleted = await SweepOnceAsync(_time.GetUtcNow(), cancellationToken);
            if (deleted > 0)
                LogSwept(deleted);
        }
        catch (StorageUnavailableException)
        {
            // The storage has said so, and the next time will do.
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFailed(e);
        }
    }

    private async Task<int> RepeatAsync(Func<SqliteSession, int> step, CancellationToken cancellationToken)
    {
        for (var sum = 0; ;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var done = await _database.WriteAsync(step, urgent: false);
            if (done == 0)
                return sum;
            sum += done;
        }
    }

    [LoggerMessage(4101, LogLevel.Debug, "{Deleted} stored objects were old enough to be deleted")]
    private partial void LogSwept(int deleted);

    [LoggerMessage(4102, LogLevel.Error, "What is old enough could not be deleted")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(4103, LogLevel.Warning, "Gateway:Storage:Path was changed: the gateway goes on with the file that it has, until it is started again")]
    private partial void LogPathChanged();
}
