namespace AiGateway.Engine.Contract.Engines;

/// <summary>The system's time, whose timers are due twenty times as soon: nobody wants to wait out patience.</summary>
public sealed class HastyTime : TimeProvider
{
    private const int Haste = 20;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, Hasten(dueTime), Hasten(period));

    private static TimeSpan Hasten(TimeSpan time) => time > TimeSpan.Zero ? TimeSpan.FromTicks(Math.Max(time.Ticks / Haste, TimeSpan.TicksPerMillisecond)) : time;
}
