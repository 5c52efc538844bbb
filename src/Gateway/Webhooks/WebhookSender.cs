using System.Threading.Channels;
using AiGateway.Configuration;
using AiGateway.Engine;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AiGateway.Webhooks;

/// <summary>
/// Tells the configured endpoints what is to be told, at least once: a delivery leaves the queue when its endpoint has taken it, or is given up. Each endpoint
/// has a lane of its own, so that none waits for another. Endpoints come, change and go with the configuration.
/// </summary>
internal sealed partial class WebhookSender(
    GatewayConfiguration configuration, IWebhookQueue queue, WebhookClient client, RetryPlan plan, TimeProvider time, ILogger<WebhookSender> logger) : BackgroundService
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Lane> _lanes = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.WhenAll(FollowConfigurationAsync(stoppingToken), FollowQueueAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Also where the start failed and nobody asked the host to stop: it would take the exception for a failure of this service.
        }
        finally
        {
            await Task.WhenAll(Lanes().Select(lane => lane.StopAsync()));
        }
    }

    private async Task FollowConfigurationAsync(CancellationToken cancellationToken)
    {
        var changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        using var listening = configuration.OnChange(_ => changes.Writer.TryWrite(true));
        while (true)
        {
            var endpoints = configuration.Current.Webhooks;
            await ArrangeAsync(endpoints, cancellationToken);
            try
            {
                await DropAsync([.. endpoints.Select(endpoint => endpoint.Name)], cancellationToken);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                // They stay, and are tried again at the next change or start.
                LogNotDropped(e);
            }

            await changes.Reader.ReadAsync(cancellationToken);
        }
    }

    private async Task FollowQueueAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await queue.WaitAsync(cancellationToken);
            foreach (var lane in Lanes())
                lane.Of.Wake();
        }
    }

    private async Task ArrangeAsync(IReadOnlyList<WebhookOptions> endpoints, CancellationToken cancellationToken)
    {
        var gone = new List<Lane>();
        lock (_gate)
        {
            foreach (var name in _lanes.Keys.Except(endpoints.Select(endpoint => endpoint.Name), StringComparer.Ordinal).ToList())
            {
                _lanes.Remove(name, out var lane);
                gone.Add(lane!);
            }

            foreach (var endpoint in endpoints)
            {
                if (!_lanes.TryGetValue(endpoint.Name, out var lane))
                    _lanes.Add(endpoint.Name, new Lane(endpoint, new WebhookLane(endpoint, queue, client, plan, time, logger), cancellationToken));
                else if (lane.Change(endpoint))
                    LogChanged(endpoint.Name);
            }
        }

        await Task.WhenAll(gone.Select(lane => lane.StopAsync()));
    }

    private async Task DropAsync(string[] endpoints, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                if (await queue.DropOthersAsync(endpoints, cancellationToken) is var dropped and > 0)
                    LogDropped(dropped);
                return;
            }
            catch (StorageUnavailableException)
            {
                await Task.Delay(plan.StoragePause, time, cancellationToken);
            }
        }
    }

    private Lane[] Lanes()
    {
        lock (_gate)
            return [.. _lanes.Values];
    }

    [LoggerMessage(1411, LogLevel.Warning, "{Count} deliveries were dropped: their webhooks are not configured any more.")]
    private partial void LogDropped(int count);

    [LoggerMessage(1413, LogLevel.Error, "Deliveries of webhooks that are not configured any more could not be dropped.")]
    private partial void LogNotDropped(Exception exception);

    [LoggerMessage(1412, LogLevel.Information, "The webhook {Webhook} was changed; what it is still to be told goes by its new settings.")]
    private partial void LogChanged(string webhook);

    /// <summary>A lane that runs.</summary>
    private sealed class Lane
    {
        private readonly CancellationTokenSource _stop;
        private readonly Task _run;
        private WebhookOptions _endpoint;

        public Lane(WebhookOptions endpoint, WebhookLane lane, CancellationToken cancellationToken)
        {
            (_endpoint, Of) = (endpoint, lane);
            _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            _run = Task.Run(() => lane.RunAsync(_stop.Token), CancellationToken.None);
        }

        public WebhookLane Of { get; }

        public bool Change(WebhookOptions endpoint)
        {
            if (endpoint == _endpoint)
                return false;
            _endpoint = endpoint;
            Of.Change(endpoint);
            return true;
        }

        public async Task StopAsync()
        {
            await _stop.CancelAsync();
            await _run;
            _stop.Dispose();
        }
    }
}
