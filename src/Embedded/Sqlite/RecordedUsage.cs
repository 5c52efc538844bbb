namespace AiGateway.Embedded.Sqlite;

/// <summary>
/// Which calls the writer knows to be recorded: all that began since some time, by a number of each id. What began before, or may be there by its number, is to be
/// looked up. So a call that has just ended, as nearly all have, is known to be new without asking the database. Holds some 100,000 to 200,000 calls.
/// </summary>
/// <param name="last">When the last call began that was recorded until now, in milliseconds since 1970.</param>
/// <param name="mostOfHalf">How many make a half: then the older half is forgotten.</param>
internal sealed class RecordedUsage(long last, int mostOfHalf = 100_000)
{
    private HashSet<ulong> _young = [];
    private HashSet<ulong> _old = [];
    private long _lastOfYoung = long.MinValue;
    private long _lastOfOld = long.MinValue;
    private long _last = last;

    /// <summary>Notes a call that is recorded from now on.</summary>
    /// <param name="number">Its id's number.</param>
    /// <param name="startedAt">When it began.</param>
    /// <returns>Whether it may have been recorded before; else it was not.</returns>
    public bool Add(ulong number, long startedAt)
    {
        if (_young.Count >= mostOfHalf)
        {
            _last = Math.Max(_last, _lastOfOld);
            (_old, _young) = (_young, _old);
            (_lastOfOld, _lastOfYoung) = (_lastOfYoung, long.MinValue);
            _young.Clear();
        }

        _lastOfYoung = Math.Max(_lastOfYoung, startedAt);
        return !_young.Add(number) || startedAt <= _last || _old.Contains(number);
    }
}
