using System.Collections.Concurrent;
using System.Threading.Channels;
using AiGateway.Engine;

namespace AiGateway.AspNetCore.Tests.Webhooks;

/// <summary>A queue in memory that can fail, and that tests can wait on.</summary>
internal sealed class FakeWebhookQueue : IWebhookQueue
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly List<WebhookDelivery> _deliveries = [];
    private readonly Channel<bool> _entered = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _failing;

    /// <summary>How many deliveries were asked for, where some were due.</summary>
    public ConcurrentQueue<int> Asked { get; } = new();

    public IReadOnlyList<WebhookDelivery> Deliveries
    {
        get
        {
            lock (_gate)
                return [.. _deliveries];
        }
    }

    /// <summary>How many of the next calls fail.</summary>
    public int Failing
    {
        get => Volatile.Read(ref _failing);
        set => Volatile.Write(ref _failing, value);
    }

    public void Add(params IEnumerable<WebhookDelivery> deliveries)
    {
        Change(() => _deliveries.AddRange(deliveries));
        _entered.Writer.TryWrite(true);
    }

    public async Task WaitUntilAsync(Func<IReadOnlyList<WebhookDelivery>, bool> condition)
    {
        using var late = new CancellationTokenSource(Patience);
        while (true)
        {
            Task changed;
            lock (_gate)
                changed = _changed.Task;
            if (condition(Deliveries))
                return;
            await changed.WaitAsync(late.Token);
        }
    }

    public ValueTask<(IReadOnlyList<WebhookDelivery> Due, DateTimeOffset? Next)> DueAsync(string endpoint, DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        Fail();
        var all = Deliveries.Where(d => d.Endpoint == endpoint).OrderBy(d => d.DueAt).ToList();
        var due = all.Where(d => d.DueAt <= now).Take(limit).ToList();
        if (due.Count > 0)
            Asked.Enqueue(limit);
        return new((due, all.Count > due.Count ? all[due.Count].DueAt : null));
    }

    public ValueTask PostponeAsync(WebhookDelivery delivery)
    {
        Fail();
        Change(() =>
        {
            var at = _deliveries.FindIndex(d => IsSame(d, delivery));
            if (at >= 0)
                _deliveries[at] = delivery;
        });
        return default;
    }

    public ValueTask RemoveAsync(WebhookDelivery delivery)
    {
        Fail();
        Change(() => _deliveries.RemoveAll(d => IsSame(d, delivery)));
        return default;
    }

    public ValueTask<int> DropOthersAsync(IReadOnlyCollection<string> endpoints, CancellationToken cancellationToken)
    {
        Fail();
        var dropped = 0;
        Change(() => dropped = _deliveries.RemoveAll(d => !endpoints.Contains(d.Endpoint)));
        return new(dropped);
    }

    public async ValueTask WaitAsync(CancellationToken cancellationToken) => await _entered.Reader.ReadAsync(cancellationToken);

    private static bool IsSame(WebhookDelivery one, WebhookDelivery other) => one.Id == other.Id && one.Endpoint == other.Endpoint;

    private void Fail()
    {
        if (Interlocked.Decrement(ref _failing) >= 0)
            throw new StorageUnavailableException("The disk is full.");
        Interlocked.Exchange(ref _failing, 0);
    }

    private void Change(Action change)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            change();
            changed = _changed;
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }
}
