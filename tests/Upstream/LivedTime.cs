namespace AiGateway.Upstream;

/// <summary>
/// Time as the machine lives it: counted in short turns, each of which counts for what it was to last, however long the machine took over it. So what is
/// promised within a second is held to that second, and a machine that stands still, or gives everybody a turn now and then, breaks no promise.
/// </summary>
public static class LivedTime
{
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(10);

    /// <summary>Waits for a fact; throws <see cref="TimeoutException"/> where it has not come about within the time.</summary>
    /// <param name="fact">What is waited for.</param>
    /// <param name="time">So many turns are counted.</param>
    /// <param name="errand">Done in each turn: what holds up the work that is waited for has to hold up the count too. For work in this process, none is needed.</param>
    public static async Task WithinAsync(this Task fact, TimeSpan time, Func<Task>? errand = null)
    {
        for (var lived = TimeSpan.Zero; lived < time && !fact.IsCompleted; lived += Turn)
            await await Task.WhenAny(fact, TakeTurnAsync(errand));
        if (!fact.IsCompleted) throw new TimeoutException($"Not within {time}.");
        await fact;
    }

    private static async Task TakeTurnAsync(Func<Task>? errand)
    {
        await Task.Delay(Turn);
        if (errand is not null) await errand();
    }
}
