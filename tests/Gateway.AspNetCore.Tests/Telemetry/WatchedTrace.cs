using System.Collections.Concurrent;
using System.Diagnostics;
using AiGateway.AspNetCore.Tests.Harness;

namespace AiGateway.AspNetCore.Tests.Telemetry;

/// <summary>The gateway's activities of one trace: other tests run beside.</summary>
internal sealed class WatchedTrace : IDisposable
{
    private readonly ActivityTraceId _trace = ActivityTraceId.CreateRandom();
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivityListener _listener;

    public WatchedTrace()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "AiGateway",
            Sample = (ref ActivityCreationOptions<ActivityContext> options) => options.Parent.TraceId == _trace ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = activity => _ended.Enqueue(activity),
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public string Id => $"00-{_trace}-{ActivitySpanId.CreateRandom()}-01";

    public Activity[] Ended => [.. _ended.Where(a => a.TraceId == _trace)];

    public async Task EndedAsync(int count)
    {
        using var late = new CancellationTokenSource(Waits.Deadline);
        while (Ended.Length < count)
            await Task.Delay(5, late.Token);
    }

    public void Dispose() => _listener.Dispose();
}
