using System.Text;

namespace AiGateway.Upstream;

/// <summary>One thing a reply does. Answers whether the next step is to be taken.</summary>
internal abstract record Step
{
    public abstract ValueTask<bool> RunAsync(ReplyPlayer player);
}

/// <summary>Bytes, flushed. <paramref name="IsEvent"/> tells whole SSE frames from other bytes, for the builders that count events.</summary>
internal sealed record SendStep(byte[] Bytes, bool IsEvent = false) : Step
{
    public bool IsDone => IsEvent && Encoding.UTF8.GetString(Bytes).TrimEnd() == "data: [DONE]";

    public override async ValueTask<bool> RunAsync(ReplyPlayer player)
    {
        await player.SendAsync(Bytes);
        return true;
    }
}

internal sealed record WaitStep(Task Gate) : Step
{
    public override async ValueTask<bool> RunAsync(ReplyPlayer player)
    {
        await Gate.WaitAsync(player.Left);
        return true;
    }
}

internal sealed record DelayStep(TimeSpan Time) : Step
{
    public override async ValueTask<bool> RunAsync(ReplyPlayer player)
    {
        await Task.Delay(Time, player.Left);
        return true;
    }
}

/// <summary>Silence until the caller leaves.</summary>
internal sealed record HangStep : Step
{
    public override async ValueTask<bool> RunAsync(ReplyPlayer player)
    {
        await Task.Delay(Timeout.Infinite, player.Left);
        return false;
    }
}

/// <summary>A TCP reset.</summary>
internal sealed record AbortStep : Step
{
    public override ValueTask<bool> RunAsync(ReplyPlayer player)
    {
        player.Reset();
        return new(false);
    }
}

/// <summary>Leaves the rest out; the body ends as if it were whole.</summary>
internal sealed record EndStep : Step
{
    public override ValueTask<bool> RunAsync(ReplyPlayer player) => new(false);
}

/// <summary>Bytes straight on the socket in place of an HTTP answer, then the end of the connection.</summary>
internal sealed record RawWireStep(byte[] Bytes) : Step
{
    public override async ValueTask<bool> RunAsync(ReplyPlayer player)
    {
        await player.SendRawAsync(Bytes);
        return false;
    }
}

/// <summary>Content of its own pace.</summary>
internal sealed record WriteStep(Func<Func<ReadOnlyMemory<byte>, Task>, CancellationToken, Task> Write) : Step
{
    public override async ValueTask<bool> RunAsync(ReplyPlayer player)
    {
        await Write(player.SendAsync, player.Left);
        return true;
    }
}
