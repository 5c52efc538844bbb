using Microsoft.Extensions.Time.Testing;

namespace AiGateway.Engine.Contract.Engines;

/// <summary>A time of which the clock on the wall can be set, while what passes passes on.</summary>
public sealed class JumpingTime(DateTimeOffset start) : FakeTimeProvider(start)
{
    private TimeSpan _off;

    /// <summary>Sets the clock back or forth.</summary>
    public void Jump(TimeSpan by) => _off += by;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _off;

    public override long GetTimestamp() => base.GetUtcNow().Ticks;
}
