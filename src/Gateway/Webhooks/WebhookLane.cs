using System.Threading.Channels;
using AiGateway.Configuration;
using AiGateway.Engine;
using Microsoft.Extensions.Logging;

namespace AiGateway.Webhooks;

/// <summary>
/// One endpoint's deliveries, in the order in which they are due, a few at once. An endpoint that is down is left alone for a while, and then asked with one
/// delivery whether it is back; the others stay in the queue as they are.
/// </summary>
internal sealed partial class WebhookLane(
    WebhookOptions endpoint, IWebhookQueue queue, WebhookClient client, RetryPlan plan, TimeProvider time, ILogger logger)
{
    private const int AtOnce = 8;
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    // Holds at most the one fact that there may be something to do.
    private readonly Channel<bool> _woken = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly string _name = endpoint.Name;
    private volatile WebhookOptions _endpoint = endpoint;
    private WebhookOptions _tried = endpoint;
    private DateTimeOffset _pausedUntil;
    private int _failures;
    private volatile bool _waitsForStorage;

    /// <summary>Looks for deliveries now.</summary>
    public void Wake() => _woken.Writer.TryWrite(true);

    /// <summary>Takes the endpoint's settings as they are from now on, for what is still to be delivered too.</summary>
    /// <param name="changed">The settings.</param>
    public void Change(WebhookOptions changed)
    {
        _endpoint = changed;
        Wake();
    }

    /// <summary>Delivers until it is stopped.</summary>
    /// <param name="cancellationToken">Stops it; what is under way is broken off, to be tried again.</param>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await WaitAsync(await StepAsync(cancellationToken), cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (StorageUnavailableException e)
            {
                TellOfStorage(e);
                await WaitAsync(plan.StoragePause, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception e)
            {
                LogFault(e, _name);
                await WaitAsync(plan.LongestPause, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    // How long there is nothing to do; null until there is.
    private async Task<TimeSpan?> StepAsync(CancellationToken cancellationToken)
    {
        var current = _endpoint;
        if (!ReferenceEquals(current, _tried))
            (_tried, _failures, _pausedUntil) = (current, 0, default);
        var now = time.GetUtcNow();
        if (now < _pausedUntil)
            return _pausedUntil - now;

        var (due, next) = await queue.DueAsync(_name, now, _failures == 0 ? AtOnce : 1, cancellationToken);
        _waitsForStorage = false;
        if (due.Count == 0)
            return next - now;
        Judge(await Task.WhenAll(due.Select(delivery => DeliverAsync(current, delivery, cancellationToken))));
        return TimeSpan.Zero;
    }

    private async Task<WebhookAttempt> DeliverAsync(WebhookOptions current, WebhookDelivery delivery, CancellationToken cancellationToken)
    {
        var attempt = await client.SendAsync(current, delivery, cancellationToken);
        if (attempt.IsDelivered)
        {
            LogDelivered(delivery.Id, _name, delivery.Attempts + 1);
            await KeepAsync(() => queue.RemoveAsync(delivery), cancellationToken);
        }
        else if (plan.Next(delivery, attempt, current.GiveUpAfter, time.GetUtcNow()) is { } at)
        {
            LogFailed(delivery.Id, _name, attempt.Reason, at);
            await KeepAsync(() => queue.PostponeAsync(delivery with { Attempts = delivery.Attempts + 1, DueAt = at }), cancellationToken);
        }
        else
        {
            LogGivenUp(delivery.Id, _name, delivery.Attempts + 1, attempt.Reason);
            await KeepAsync(() => queue.RemoveAsync(delivery), cancellationToken);
        }

        return attempt;
    }

    // Not left half done: what was delivered would be delivered once more.
    private async Task KeepAsync(Func<ValueTask> write, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await write();
                return;
            }
            catch (StorageUnavailableException e)
            {
                TellOfStorage(e);
            }

            await Task.Delay(plan.StoragePause, time, cancellationToken);
        }
    }

    private void Judge(WebhookAttempt[] attempts)
    {
        var last = attempts.Where(attempt => attempt.IsOfEndpoint).OrderByDescending(attempt => attempt.RetryAfter ?? TimeSpan.Zero).FirstOrDefault(attempts[0]);
        if (attempts.All(attempt => attempt.IsOfEndpoint))
        {
            if (_failures++ == 0)
                LogDown(_name, last.Reason);
        }
        else if (_failures > 0)
        {
            _failures = 0;
            LogUp(_name);
        }

        _pausedUntil = time.GetUtcNow() + plan.Pause(_failures, last);
    }

    // Once, not every second.
    private void TellOfStorage(StorageUnavailableException e)
    {
        if (!_waitsForStorage)
            LogNoStorage(e, _name);
        _waitsForStorage = true;
    }

    private async Task WaitAsync(TimeSpan? wait, CancellationToken cancellationToken)
    {
        if (wait <= TimeSpan.Zero)
            return;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var woken = _woken.Reader.ReadAsync(over.Token).AsTask();

        // A millisecond more: a timer may be early, and what is not due yet would be asked for in vain.
        var late = wait is { } span ? Task.Delay((span < LongestWait ? span : LongestWait) + TimeSpan.FromMilliseconds(1), time, over.Token) : woken;
        await Task.WhenAny(woken, late);
        await over.CancelAsync();
        await Task.WhenAll(woken, late).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    [LoggerMessage(1401, LogLevel.Debug, "The event {EventId} was delivered to the webhook {Webhook} at attempt {Attempt}.")]
    private partial void LogDelivered(string eventId, string webhook, int attempt);

    [LoggerMessage(1402, LogLevel.Information, "The event {EventId} could not be delivered to the webhook {Webhook}: it {Reason}. It is tried again at {At:O}.")]
    private partial void LogFailed(string eventId, string webhook, string reason, DateTimeOffset at);

    [LoggerMessage(1403, LogLevel.Warning, "The event {EventId} is given up for the webhook {Webhook} after {Attempts} attempts: at the last it {Reason}.")]
    private partial void LogGivenUp(string eventId, string webhook, int attempts, string reason);

    [LoggerMessage(1404, LogLevel.Warning, "The webhook {Webhook} is down: it {Reason}. Its deliveries wait.")]
    private partial void LogDown(string webhook, string reason);

    [LoggerMessage(1405, LogLevel.Information, "The webhook {Webhook} answers again.")]
    private partial void LogUp(string webhook);

    [LoggerMessage(1406, LogLevel.Warning, "The webhook {Webhook} waits for the storage.")]
    private partial void LogNoStorage(Exception exception, string webhook);

    [LoggerMessage(1407, LogLevel.Error, "The webhook {Webhook} met a fault of the gateway's; it goes on later.")]
    private partial void LogFault(Exception exception, string webhook);
}
