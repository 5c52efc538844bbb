using AiGateway.Configuration;
using AiGateway.Protocol;
using AiGateway.Providers;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AiGateway.Routing.Health;

/// <summary>Asks providers whether they are well, each of those that are configured so in a loop of its own.</summary>
internal sealed partial class HealthChecks(ModelRegistry registry, GatewayConfiguration configuration, TimeProvider time, ILogger<HealthChecks> logger)
    : IHostedService, IDisposable
{
    private readonly Dictionary<ProviderState, CancellationTokenSource> _loops = [];
    private readonly Lock _gate = new();
    private IDisposable? _listening;
    private bool _stopped;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // The registry follows the settings by now, so that its table is the new one whenever this is told of a change.
        _listening = configuration.OnChange(_ => Follow());
        Follow();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _listening?.Dispose();
        lock (_gate)
        {
            _stopped = true;
            foreach (var loop in _loops.Values)
                loop.Cancel();
            _loops.Clear();
        }
    }

    private void Follow()
    {
        lock (_gate)
        {
            if (_stopped)
                return;
            var wanted = registry.Table.States.Where(state => state.Provider.Options.HealthCheck is not null).ToHashSet();
            foreach (var gone in _loops.Keys.Where(state => !wanted.Contains(state)).ToList())
            {
                _loops.Remove(gone, out var loop);
                loop!.Cancel();
            }

            foreach (var state in wanted.Where(state => !_loops.ContainsKey(state)))
            {
                var loop = _loops[state] = new CancellationTokenSource();
                _ = Task.Run(() => WatchAsync(state, state.Provider.Options.HealthCheck!, loop.Token), CancellationToken.None);
            }
        }
    }

    private async Task WatchAsync(ProviderState state, HealthCheckOptions options, CancellationToken cancellationToken)
    {
        try
        {
            using var timer = new PeriodicTimer(options.Interval, time);
            var (failed, passed) = (0, 0);
            Task? tick = null;
            while (true)
            {
                var heard = state.RecoveryHeard;
                var isWell = await IsWellAsync(state.Provider, options.Timeout, cancellationToken);
                (failed, passed) = isWell ? (0, passed + 1) : (failed + 1, 0);
                if (isWell)
                    state.CheckPassed();
                if (isWell && state.IsCheckedDown && passed >= options.HealthyAfter)
                    Turn(state, isDown: false, options);
                else if (!isWell && !state.IsCheckedDown && failed >= options.UnhealthyAfter)
                    Turn(state, isDown: true, options);
                tick ??= timer.WaitForNextTickAsync(cancellationToken).AsTask();
                if (state.IsCheckedDown)
                    await Task.WhenAny(tick, heard);
                else
                    await tick;
                if (!tick.IsCompleted)
                    continue;
                await tick;
                tick = null;
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The process stops, or the provider has other settings now.
        }
    }

    private async ValueTask<bool> IsWellAsync(IProvider provider, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await using var answer = await provider.SendAsync(new ProviderCall { Api = ApiKind.Models }, both.Token);
            return answer.Status < 500;
        }
        catch (Exception e) when (e is GatewayException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }

    // Others know for themselves when they had the time to.
    private void Turn(ProviderState state, bool isDown, HealthCheckOptions options)
    {
        state.Checked(isDown, (options.Interval * options.UnhealthyAfter) + options.Timeout);
        if (isDown)
            LogDown(state.Name);
        else
            LogUp(state.Name);
    }

    [LoggerMessage(1411, LogLevel.Warning, "Provider {Provider} does not pass its health checks: calls go elsewhere where they can.")]
    private partial void LogDown(string provider);

    [LoggerMessage(1412, LogLevel.Information, "Provider {Provider} passes its health checks again.")]
    private partial void LogUp(string provider);
}
