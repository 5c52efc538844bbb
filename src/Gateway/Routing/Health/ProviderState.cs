using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using AiGateway.Protocol;
using AiGateway.Providers;
using AiGateway.Routing.Balancing;
using AiGateway.Routing.Failover;
using AiGateway.Telemetry;
using Polly;
using Polly.CircuitBreaker;

namespace AiGateway.Routing.Health;

/// <summary>One provider, and how it does: calls in flight, its breaker, what checks and other processes said. Lives as long as the provider's settings do not change.</summary>
internal sealed class ProviderState : IAnswerLease
{
    private readonly TimeProvider _time;
    private readonly GatewayMetrics? _metrics;
    private readonly IHealthBroadcast? _broadcast;
    private readonly HeardHealth _heard;
    private readonly Lazy<ResiliencePipeline<ProviderAnswer>> _breaker;
    private readonly CircuitBreakerStateProvider _circuit = new();
    private long _inFlight;
    private long _opensAt;
    private bool _isToldOpen;
    private volatile bool _isCheckedDown;
    private volatile TaskCompletionSource _recoveryHeard = NewSource();

    public ProviderState(IProvider provider, TimeProvider time, GatewayMetrics? metrics = null, IHealthBroadcast? broadcast = null)
    {
        Provider = provider;
        _metrics = metrics;
        _time = time;
        _broadcast = broadcast;
        _heard = new HeardHealth(time);
        _breaker = new(BuildBreaker);
    }

    public IProvider Provider { get; }

    public string Name => Provider.Options.Name;

    /// <summary>Calls whose answers are not read to their end, or given up, yet.</summary>
    public long InFlight => Interlocked.Read(ref _inFlight);

    /// <summary>Whether its checks fail.</summary>
    public bool IsCheckedDown
    {
        get => _isCheckedDown;
        set => _isCheckedDown = value;
    }

    /// <summary>Ends when other processes' checks passed again: it is time for another one here.</summary>
    public Task RecoveryHeard => _recoveryHeard.Task;

    /// <summary>closed, open or half-open.</summary>
    public string Breaker => !_breaker.IsValueCreated ? "closed" : _circuit.CircuitState switch
    {
        CircuitState.Closed => "closed",
        CircuitState.HalfOpen => "half-open",
        _ => "open",
    };

    /// <summary>Whether it is to be called before those that are not: it passes its checks, its breaker is closed or would let a call try, and others do not say otherwise.</summary>
    /// <param name="now">The time.</param>
    public bool IsUp(DateTimeOffset now)
    {
        if (_isCheckedDown || !_heard.IsUp(now))
            return false;
        if (!_breaker.IsValueCreated)
            return true;
        return _circuit.CircuitState switch
        {
            CircuitState.Closed => true,
            CircuitState.Open => now.UtcTicks >= Interlocked.Read(ref _opensAt),
            _ => false,
        };
    }

    /// <summary>Whether other processes say that it is down.</summary>
    /// <param name="now">The time.</param>
    public bool IsHeardDown(DateTimeOffset now) => !_heard.IsUp(now);

    /// <summary>Takes in what another process told of it.</summary>
    public void Hear(HealthNews news)
    {
        _heard.Hear(news);
        if (news is { Source: HealthSource.Checks, DownFor: null })
            Interlocked.Exchange(ref _recoveryHeard, NewSource()).TrySetResult();
    }

    /// <summary>Its health checks turned.</summary>
    /// <param name="isDown">Whether they fail now.</param>
    /// <param name="downFor">How long others should go by that: until they know by checks of their own.</param>
    public void Checked(bool isDown, TimeSpan downFor)
    {
        _isCheckedDown = isDown;
        Tell(HealthSource.Checks, isDown ? downFor : null);
    }

    /// <summary>One of its health checks passed.</summary>
    public void CheckPassed() => _heard.Passed();

    /// <summary>Sends a call, and counts and times it.</summary>
    /// <param name="call">The call.</param>
    /// <param name="stats">The route that it goes by; null for none.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    /// <returns>The answer, whatever its status.</returns>
    /// <exception cref="ProviderException">No answer.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ProviderAnswer> SendAsync(ProviderCall call, RouteStats? stats, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _inFlight);
        var measures = _metrics is { ProviderRequests.Enabled: true };
        var began = stats is null && !measures ? 0 : _time.GetTimestamp();
        var activity = CallTracing.BeginAttempt(Provider.Options, call);
        try
        {
            var answer = await Provider.SendAsync(call, cancellationToken);
            if (stats is not null && answer.IsSuccess)
                stats.Measured(_time.GetElapsedTime(began).TotalSeconds, _time.GetTimestamp());
            if (measures || activity is not null)
                Note(answer.Status.ToString(CultureInfo.InvariantCulture), !answer.IsSuccess, began, activity, answer.Status);
            answer.Lease = activity is null ? this : new TracedLease(this, activity);
            return answer;
        }
        catch (Exception e)
        {
            Note(e is ProviderException failed ? failed.Failure.ToString() : "cancelled", isError: true, began, activity);
            activity?.Dispose();
            Release();
            throw;
        }
    }

    private async ValueTask<Outcome<ProviderAnswer>> AttemptAsync<TState>(
        Func<TState, CancellationToken, ValueTask<Outcome<ProviderAnswer>>> attempt, TState state, CancellationToken cancellationToken)
    {
        var outcome = await attempt(state, cancellationToken);
        if (outcome.Exception is GatewayException || outcome.Result is { IsSuccess: false } or { Body: WholeBody })
            await CountAsync(outcome);
        return outcome;
    }

    private async ValueTask<Outcome<ProviderAnswer>> ExecuteAsync<TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<ProviderAnswer>>> attempt, TState state, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: false, cancellationToken);
        try
        {
            return await _breaker.Value.ExecuteOutcomeAsync(attempt, context, state);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private void Note(string result, bool isError, long began, Activity? activity, int? status = null)
    {
        _metrics?.Provider(Name, result, began == 0 ? TimeSpan.Zero : _time.GetElapsedTime(began));
        activity?.SetTag("http.response.status_code", status);
        if (isError)
            CallTracing.Fail(activity, result);
    }

    /// <summary>
    /// Does one attempt under the breaker. While that is closed, the attempt counts when its end is known: an error at once, an answer that is still to be read by
    /// <see cref="AnswerVerdict"/>, one whose client left not at all. Where it is open, Polly lets one attempt through when it is time: how that begins, decides.
    /// </summary>
    /// <typeparam name="TState">What it works on.</typeparam>
    /// <param name="attempt">The attempt. Does not throw.</param>
    /// <param name="state">What it works on.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    /// <returns>The answer, or what was thrown: <see cref="BrokenCircuitException"/> where the breaker let nothing through.</returns>
    public async ValueTask<Outcome<ProviderAnswer>> GuardAsync<TState>(
        Func<TState, CancellationToken, ValueTask<Outcome<ProviderAnswer>>> attempt, TState state, CancellationToken cancellationToken)
    {
        var tries = _heard.BeginsTry();
        bool? isWell = null;
        try
        {
            var outcome = IsClosed
                ? await AttemptAsync(attempt, state, cancellationToken)
                : await ExecuteAsync(static (context, work) => work.Attempt(work.State, context.CancellationToken), (Attempt: attempt, State: state), cancellationToken);
            isWell = IsWell(outcome);
            return outcome;
        }
        finally
        {
            if (tries)
                Tried(isWell);
        }
    }

    /// <summary>Counts an attempt, now that its end is known. A breaker that is not closed made up its mind by others.</summary>
    /// <param name="outcome">The end: an answer, or none for a good one; or what went wrong.</param>
    public async ValueTask CountAsync(Outcome<ProviderAnswer> outcome)
    {
        if (IsClosed)
            await ExecuteAsync(static (_, ended) => new(ended), outcome, CancellationToken.None);
    }

    /// <summary>How long until its breaker lets a call try; zero where it would now.</summary>
    public TimeSpan OpensIn(DateTimeOffset now)
    {
        var left = new DateTimeOffset(Interlocked.Read(ref _opensAt), TimeSpan.Zero) - now;
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <inheritdoc/>
    public void Release() => Interlocked.Decrement(ref _inFlight);

    private bool IsClosed => !_breaker.IsValueCreated || _circuit.CircuitState == CircuitState.Closed;

    private BreakerOptions BreakerSettings => Provider.Options.Breaker ?? new BreakerOptions();

    // Null for what says nothing of it: the client left, or its breaker let nothing through.
    private static bool? IsWell(Outcome<ProviderAnswer> outcome) => outcome.Exception switch
    {
        null => !Failures.IsUnwell(outcome.Result!),
        GatewayException e => !Failures.IsUnwell(e),
        _ => null,
    };

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Tried(bool? isWell)
    {
        _heard.Tried(isWell, BreakerSettings.BreakDuration);
        if (isWell == true)
            Tell(HealthSource.Calls, null);
    }

    private void Tell(HealthSource source, TimeSpan? downFor) => _broadcast?.Tell(new HealthNews(Name, Provider.Options.BaseUrl, source, downFor));

    // Polly takes for well what is not against it. Of an attempt that was let through to see how the provider does, and whose client left, nobody knows: another one is to see.
    private static bool IsAgainst(Exception exception) => exception is not GatewayException || Failures.IsUnwell(exception);

    private ResiliencePipeline<ProviderAnswer> BuildBreaker()
    {
        var options = BreakerSettings;
        var builder = new ResiliencePipelineBuilder<ProviderAnswer> { TimeProvider = _time };
        return builder.AddCircuitBreaker(new CircuitBreakerStrategyOptions<ProviderAnswer>
        {
            FailureRatio = options.FailureRatio,
            MinimumThroughput = options.MinimumCalls,
            SamplingDuration = options.Window,
            BreakDuration = options.BreakDuration,
            StateProvider = _circuit,
            ShouldHandle = args => new(args.Outcome.Exception is { } e ? IsAgainst(e) : args.Outcome.Result is { } answer && Failures.IsUnwell(answer)),
            OnOpened = args =>
            {
                Interlocked.Exchange(ref _opensAt, (_time.GetUtcNow() + args.BreakDuration).UtcTicks);

                // Once: where a call that tried fails, the others have tried for themselves.
                if (!_isToldOpen)
                    Tell(HealthSource.Calls, args.BreakDuration);
                _isToldOpen = true;
                return default;
            },
            OnClosed = _ =>
            {
                _isToldOpen = false;
                Tell(HealthSource.Calls, null);
                return default;
            },
        }).Build();
    }

    // A request to a provider lasts as long as its answer.
    private sealed class TracedLease(ProviderState state, Activity activity) : IAnswerLease
    {
        public void Release()
        {
            activity.Dispose();
            state.Release();
        }
    }
}
