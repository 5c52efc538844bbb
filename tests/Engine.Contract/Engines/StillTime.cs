namespace AiGateway.Engine.Contract.Engines;

/// <summary>The system's time, whose timers are never due: what waits for time waits for ever.</summary>
public sealed class StillTime : TimeProvider
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
}
