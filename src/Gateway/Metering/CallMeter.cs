using AiGateway.Protocol;

namespace AiGateway.Metering;

/// <summary>
/// What is measured of one call. One object a call; its fields are written by whoever serves the call at the moment, without locks, and are final when
/// observers get it (<see cref="ICallObserver"/>). Holds no content, no key and no address.
/// </summary>
public sealed class CallMeter
{
    private readonly TimeProvider _time;
    private readonly long _began;
    private long _firstEvent;
    private long _end;
    private int _hasEnded;
    private bool _isOpen;

    /// <summary>Starts measuring.</summary>
    /// <param name="callId">The request id, as in <c>x-request-id</c>.</param>
    /// <param name="api">The API family called.</param>
    /// <param name="time">The clock.</param>
    public CallMeter(string callId, ApiKind api, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        (CallId, Api, _time) = (callId, api, time);
        _began = time.GetTimestamp();
        StartedAt = time.GetUtcNow();
    }

    /// <summary>The request id, as in <c>x-request-id</c>. A background response's run has the id of the call that created it.</summary>
    public string CallId { get; }

    /// <summary>The API family called.</summary>
    public ApiKind Api { get; }

    /// <summary>When the call began.</summary>
    public DateTimeOffset StartedAt { get; }

    /// <summary>Whose it is; null for the one tenant that is there without keys, and for a caller who was not let in.</summary>
    public string? Tenant { get; internal set; }

    /// <summary>The id of the key that it was made with; null for none. Not the key.</summary>
    public string? KeyId { get; internal set; }

    /// <summary>The model that the client asked for; null where none was named.</summary>
    public string? AskedModel { get; internal set; }

    /// <summary>The name of the model at the provider that was asked last; null where none was.</summary>
    public string? ProviderModel { get; private set; }

    /// <summary>The provider that was asked last; null where none was.</summary>
    public string? Provider { get; private set; }

    /// <summary>How many requests were sent to providers; 0 where the gateway answered by itself.</summary>
    public int Attempts { get; private set; }

    /// <summary>Whether the client asked for a stream.</summary>
    public bool IsStream { get; internal set; }

    /// <summary>The id of the background response that this call runs; null for every other call.</summary>
    public string? ResponseId { get; internal set; }

    /// <summary>Whether the answer came from the gateway's cache.</summary>
    public bool IsCached { get; internal set; }

    /// <summary>What the call used; null where that is not known, or no model ran. Includes <see cref="UsageBefore"/>.</summary>
    public TokenUsage? Usage
    {
        get;
        // An answer that is given again says what it cost when it was made.
        internal set => field = IsCached ? null : value;
    }

    /// <summary>Who says so. Final when the call has ended.</summary>
    public UsageSource UsageSource { get; private set; }

    /// <summary>What it cost by the model's price; 0 where that has none. Final when the call has ended.</summary>
    public decimal Cost { get; private set; }

    /// <summary>What was used on the way to the answer, such as for a summary of what went before; null for nothing.</summary>
    public TokenUsage? UsageBefore { get; internal set; }

    /// <summary>The bytes of generated text that came so far, for an estimate where the provider does not come to say it.</summary>
    public long TextBytes { get; internal set; }

    /// <summary>The bytes of the request that was sent to a provider last.</summary>
    public long SentBytes { get; private set; }

    /// <summary>The HTTP status that the client got or would have got; 499 where it left before. A stream that broke has 200.</summary>
    public int Status { get; internal set; }

    /// <summary>How the call ended.</summary>
    public CallOutcome Outcome { get; internal set; }

    /// <summary>OpenAI's <c>code</c> of the error that the client was told; null for no error, or one without a code.</summary>
    public string? ErrorCode { get; internal set; }

    /// <summary>From the call's beginning to the first event of a provider's stream; null where there was none.</summary>
    public TimeSpan? TimeToFirstToken => _firstEvent == 0 ? null : _time.GetElapsedTime(_began, _firstEvent);

    /// <summary>How long the call took, or has taken so far.</summary>
    public TimeSpan Duration => _time.GetElapsedTime(_began, _end == 0 ? _time.GetTimestamp() : _end);

    /// <summary>Whether a model may have run without anybody having said what it used.</summary>
    internal bool NeedsEstimate => _isOpen && (Usage is null || Usage == UsageBefore);

    /// <summary>A request goes to a provider.</summary>
    /// <param name="provider">Its name.</param>
    /// <param name="model">Its name of the model.</param>
    /// <param name="sentBytes">The request's size.</param>
    internal void BeginAttempt(string provider, string model, long sentBytes)
    {
        (Provider, ProviderModel, SentBytes, TextBytes, _isOpen) = (provider, model, sentBytes, 0, true);
        Attempts++;
    }

    /// <summary>The provider took nothing of the request last sent: it answered with an error, or was not reached.</summary>
    internal void RefuseAttempt() => _isOpen = false;

    /// <summary>An event of a provider's stream came. Costs nothing but the first time.</summary>
    internal void NoteEvent()
    {
        if (_firstEvent == 0)
            _firstEvent = _time.GetTimestamp();
    }

    /// <summary>Takes the gateway's own count, since nobody else has one.</summary>
    internal void Estimate(TokenUsage usage)
    {
        Usage = UsageBefore is { } before ? usage.Plus(before) : usage;
        UsageSource = UsageSource.Estimated;
    }

    /// <summary>Ends the measuring.</summary>
    /// <returns>Whether this is the first end: only then are observers told.</returns>
    internal bool TryEnd()
    {
        if (Interlocked.Exchange(ref _hasEnded, 1) != 0)
            return false;
        _end = _time.GetTimestamp();
        return true;
    }

    /// <summary>Puts in what an end leaves open.</summary>
    /// <param name="cost">What the usage cost.</param>
    internal void Complete(decimal cost)
    {
        Cost = cost;
        if (Outcome == CallOutcome.None)
            Outcome = CallOutcome.Completed;
        if (Status == 0)
            Status = 200;
        if (Usage is not null && UsageSource == UsageSource.None)
            UsageSource = UsageSource.Provider;
    }
}
