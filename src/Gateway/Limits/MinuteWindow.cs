namespace AiGateway.Limits;

/// <summary>
/// What happened in the last 60 seconds, in slots of a second: never less than what did, so that a limit holds for any 60 seconds, and at most one second's more.
/// </summary>
/// <param name="lag">How many seconds after it is noted something may happen at the latest: it is remembered for so much longer.</param>
internal sealed class MinuteWindow(int lag = 0)
{
    // One more, for the second that is only partly over.
    private readonly long[] _slots = new long[60 + lag + 1];
    private long _now;

    private int Seconds => Slots - 1;

    private int Slots => _slots.Length;

    /// <summary>How much happened.</summary>
    public long Sum { get; private set; }

    /// <summary>Forgets what is over.</summary>
    /// <param name="second">The second that it is now; never less than before.</param>
    public void Move(long second)
    {
        for (var steps = Math.Min(second - _now, Slots); steps > 0; steps--)
        {
            ref var slot = ref _slots[(second - steps + 1) % Slots];
            Sum -= slot;
            slot = 0;
        }

        _now = Math.Max(_now, second);
    }

    /// <summary>Notes that something happens now.</summary>
    public void Add(long count)
    {
        _slots[_now % Slots] += count;
        Sum += count;
    }

    /// <summary>Corrects what happened at a second, where that is not over yet; where it is, only more counts, and now.</summary>
    public void Correct(long second, long difference)
    {
        if (second <= _now - Slots)
        {
            if (difference > 0)
                Add(difference);
            return;
        }

        _slots[second % Slots] += difference;
        Sum += difference;
    }

    /// <summary>The second at which no more than so much will be left of what happened.</summary>
    public long When(long atMost)
    {
        // From the newest on: of a window that is in use, what is left last happened a moment ago.
        var left = 0L;
        for (var second = _now; second >= Math.Max(0, _now - Seconds); second--)
        {
            left += _slots[second % Slots];
            if (left > atMost)
                return second + Slots;
        }

        return _now;
    }
}
