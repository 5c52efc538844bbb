using System.Runtime.InteropServices;
using AiGateway.Configuration;
using AiGateway.Engine;
using AiGateway.Metering;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AiGateway.Usage;

/// <summary>
/// Records what calls used: all that ended in the last fifth of a second together. A process that is killed loses at most that and what was being written (in all
/// less than a second); one that stops loses nothing. Background responses are not recorded here, but in one with their ends.
/// </summary>
internal sealed partial class UsageRecorder(IUsageStore store, GatewayConfiguration configuration, TimeProvider time, ILogger<UsageRecorder> logger) : ICallObserver, IHostedService
{
    // In one transaction: the more, the less each costs; the fewer, the less others wait who write meanwhile.
    private const int MostTogether = 2000;

    // While the storage cannot be used; then what comes next is lost, and the log says how much.
    private const int MostKept = 200_000;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _some = new(0);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _gate = new();
    private readonly List<UsageRecord> _batch = [];
    private List<UsageRecord> _ended = [];
    private List<UsageRecord> _taken = [];
    private int _written;
    private Task _working = Task.CompletedTask;
    private long _lost;

    /// <summary>How many records were lost since the storage could not be used for too long.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <inheritdoc/>
    public void OnEnded(CallMeter call)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (call.ResponseId is not null || (call.Attempts == 0 && !call.IsCached) || !Records(call))
            return;
        var record = UsageRecords.Of(call, call.Usage ?? default, call.UsageSource == UsageSource.Estimated, call.Cost);
        if (!TryKeep(record) && Interlocked.Increment(ref _lost) is 1 or 1000 or 100_000)
            LogLost(Lost);
    }

    private bool TryKeep(UsageRecord record)
    {
        lock (_gate)
        {
            if (_ended.Count + _taken.Count - _written >= MostKept)
                return false;
            _ended.Add(record);
            if (_ended.Count > 1)
                return true;
        }

        _some.Release();
        return true;
    }

    private bool Records(CallMeter call) =>
        configuration.Current is var options && (options.RecordUsage ?? (call.KeyId is not null || call.Tenant is not null || options.Admin.Key is not null));

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _working = Task.Run(WorkAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _working;
        var until = time.GetTimestamp();
        while (!await TryFlushAsync() && time.GetElapsedTime(until) < StopPatience)
            await Task.Delay(Interval, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Records all that has ended.</summary>
    /// <exception cref="StorageUnavailableException">It could not; it is tried again by itself.</exception>
    public async ValueTask FlushAsync()
    {
        await _turn.WaitAsync();
        try
        {
            while (TryTake())
            {
                _batch.Clear();
                _batch.AddRange(CollectionsMarshal.AsSpan(_taken)[_written..Math.Min(_written + MostTogether, _taken.Count)]);
                await store.AppendAsync(_batch);
                lock (_gate)
                    _written += _batch.Count;
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>What was used up since a time: by what is recorded, and what is still to be.</summary>
    public async ValueTask<(long Tokens, decimal Cost)> SpentAsync(string scope, string name, DateTimeOffset since, CancellationToken cancellationToken)
    {
        if (scope is not ("key" or "tenant"))
            return default;
        await FlushAsync();
        return await store.SpentAsync(scope, name, since, cancellationToken);
    }

    // What was taken stays so until it is written: the storage may come back.
    private bool TryTake()
    {
        lock (_gate)
        {
            if (_written < _taken.Count)
                return true;
            _taken.Clear();
            _written = 0;
            (_ended, _taken) = (_taken.Capacity > 16 * MostTogether ? [] : _taken, _ended);
            return _taken.Count > 0;
        }
    }

    private async Task WorkAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await _some.WaitAsync(_stopping.Token);
                await Task.Delay(Interval, _stopping.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            while (!await TryFlushAsync() && !_stopping.IsCancellationRequested)
                await Task.Delay(Interval, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async ValueTask<bool> TryFlushAsync()
    {
        try
        {
            await FlushAsync();
            return true;
        }
        catch (StorageUnavailableException)
        {
            return false;
        }
        catch (Exception e)
        {
            LogFailed(e);
            return false;
        }
    }

    [LoggerMessage(7001, LogLevel.Error, "Usage cannot be recorded for too long: {Lost} records are lost so far.")]
    private partial void LogLost(long lost);

    [LoggerMessage(7002, LogLevel.Error, "Usage could not be recorded; it is tried again.")]
    private partial void LogFailed(Exception exception);
}
