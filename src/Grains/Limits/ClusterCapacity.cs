using System.Diagnostics.Metrics;
using AiGateway.Engine;
using Microsoft.Extensions.Hosting;

namespace AiGateway.Grains.Limits;

/// <summary>
/// The capacity of a cluster, as one of its processes has it. Each limit has a grain, which hands out blocks of it; calls are served from what is here, without a
/// grain call, and wait here for more in the order of asking. Of small limits nothing is held in advance: there a call does ask.
/// </summary>
internal sealed partial class ClusterCapacity : ICapacity, IHostedService, IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string, string), CapacityShare> _shares = [];
    private readonly string _prefix;
    private readonly string _holder = Guid.NewGuid().ToString("N");
    private readonly IGrainFactory _grains;
    private readonly CapacityBlocks _blocks;
    private readonly TimeProvider _time;
    private readonly ITimer _renewing;
    private long _asked;
    private long _heard;

    /// <summary>Creates one.</summary>
    /// <param name="grains">Where grains are found.</param>
    /// <param name="blocks">How much is held in advance, and for how long.</param>
    /// <param name="time">The clock.</param>
    /// <param name="prefix">Before the limits' names in their grains' keys, where several sets of limits share a cluster.</param>
    public ClusterCapacity(IGrainFactory grains, CapacityBlocks blocks, TimeProvider time, string prefix = "")
    {
        _prefix = prefix;
        (_grains, _blocks, _time) = (grains, blocks, time);
        _timer = time.CreateTimer(static self => ((ClusterCapacity)self!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _renewing = time.CreateTimer(static self => ((ClusterCapacity)self!).Renew(), this, News, News);
    }

    /// <summary>How many times grains were asked.</summary>
    public long Asked => Interlocked.Read(ref _asked);

    /// <summary>How many of these times are over.</summary>
    public long Answered => Interlocked.Read(ref _heard);

    // How soon a grain hears of what was freed here, and how often at least of what is held.
    private static readonly TimeSpan News = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public ValueTask<(CapacityLease? Lease, CapacityRefusal? Refusal)> AcquireAsync(CapacityDemand demand, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(demand);
        if (demand.Limits.Count == 0)
            return new((new ClusterLease(this, demand, [], default), null));
        lock (_gate)
            return Enter(demand, null, cancellationToken);
    }

    /// <summary>What was handed out here and no call uses now, by scope and unit.</summary>
    public IEnumerable<Measurement<long>> Slack()
    {
        lock (_gate)
        {
            return
            [
                .. _shares.GroupBy(share => share.Key.Item1, share => share.Value.Slack, StringComparer.Ordinal).SelectMany(scope => (Measurement<long>[])
                [
                    Of(scope.Key, "requests", scope.Sum(slack => slack.Requests)),
                    Of(scope.Key, "tokens", scope.Sum(slack => slack.Tokens)),
                    Of(scope.Key, "in_flight", scope.Sum(slack => slack.InFlight)),
                    Of(scope.Key, "budget_tokens", scope.Sum(slack => slack.BudgetTokens)),
                ]),
            ];
        }

        static Measurement<long> Of(string scope, string unit, long value) =>
            new(value, new KeyValuePair<string, object?>("scope", scope), new KeyValuePair<string, object?>("unit", unit));
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Gives back what is held and not used.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        List<Task> told = [];
        lock (_gate)
        {
            foreach (var share in _shares.Values)
            {
                share.LetGoAll();
                if (share is { IsInUse: true, IsAsking: false })
                    told.Add(AskAsync(share, more: false));
            }
        }

        await Task.WhenAll(told).WaitAsync(Renewal, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose()
    {
        _timer.Dispose();
        _renewing.Dispose();
    }

    /// <summary>Takes of one limit more.</summary>
    internal async ValueTask<CapacityRefusal?> ExtendAsync(ClusterLease lease, CapacityLimit limit, CancellationToken cancellationToken)
    {
        var demand = lease.Demand with { Limits = [limit], CountsRequest = true, MaxWait = TimeSpan.Zero };
        ValueTask<(CapacityLease? Lease, CapacityRefusal? Refusal)> entered;
        lock (_gate)
            entered = Enter(demand, lease, cancellationToken);
        return (await entered).Refusal;
    }

    /// <summary>Frees what was taken.</summary>
    internal void Free(List<SharePart> parts, long tokens, decimal cost, bool giveBack)
    {
        lock (_gate)
        {
            foreach (var part in parts)
                part.Share.Free(part, tokens, cost, giveBack);
            Serve();
        }
    }

    private CapacityShare Share(CapacityLimit limit)
    {
        if (!_shares.TryGetValue((limit.Scope, limit.Name), out var share))
            _shares.Add((limit.Scope, limit.Name), share = new CapacityShare(limit, _blocks, _time));
        share.Move(limit);
        return share;
    }

    private ClusterLease Take(CapacityDemand demand, ClusterLease? extended)
    {
        var lease = extended;
        var parts = lease?.Parts ?? new List<SharePart>(demand.Limits.Count + 1);
        foreach (var limit in demand.Limits)
        {
            var share = Share(limit);
            parts.Add(share.Take(demand));
            if (share is { IsAsking: false, IsLow: true })
                _ = AskAsync(share, more: true);
        }

        return lease ?? new ClusterLease(this, demand, parts, Standing(demand));
    }

    private CapacityStanding Standing(CapacityDemand demand)
    {
        var standing = default(CapacityStanding);
        foreach (var limit in demand.Limits)
            standing = Share(limit).Narrow(standing);
        return standing;
    }

    // Under the lock. The grain is asked on another thread.
    private Task AskAsync(CapacityShare share, bool more)
    {
        var ask = share.Ask(_holder, Interlocked.Increment(ref _asked), _tickets, more);
        return Task.Run(async () =>
        {
            CapacityGrant? grant = null;
            Exception? error = null;
            try
            {
                grant = await _grains.GetGrain<ICapacityGrain>($"{share.Limit.Scope}/{_prefix}{share.Limit.Name}").ExchangeAsync(ask).WaitAsync(Patience);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                error = e;
            }

            lock (_gate)
            {
                if (grant is { IsUnavailable: false })
                {
                    share.Answer(grant);
                    _granted.Add(share);
                }
                else
                    share.Fail(new StorageUnavailableException("The limits' grain does not answer, or cannot read what was used up.", error));
                Interlocked.Increment(ref _heard);
                Serve();
            }
        });
    }

    private void Renew()
    {
        lock (_gate)
        {
            foreach (var (name, share) in _shares)
            {
                share.Move(share.Limit);
                if (share.IsAsking)
                    continue;
                if (share.HasNews || (share.IsInUse && share.SinceAsked >= Renewal))
                    _ = AskAsync(share, more: false);
                else if (!share.IsInUse && _waiting.Count == 0 && share.SinceAsked > 2 * _blocks.Expiry)
                    _shares.Remove(name);
            }
        }
    }
}
