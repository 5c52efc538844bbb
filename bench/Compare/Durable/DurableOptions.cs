namespace AiGateway.Bench.Compare.Durable;

/// <summary>How much is measured.</summary>
/// <param name="Duration">How long each lane is driven per round.</param>
/// <param name="WarmUp">How long before it counts.</param>
/// <param name="Rounds">Rounds, of which medians are reported.</param>
/// <param name="Clients">Numbers of concurrent clients.</param>
/// <param name="Events">Events of the response that is resumed.</param>
/// <param name="Kept">Responses that are kept, found and listed.</param>
/// <param name="Runs">Background responses at once.</param>
/// <param name="Many">Responses over which memory is watched.</param>
/// <param name="Parts">What to measure.</param>
internal sealed record DurableOptions(
    TimeSpan Duration, TimeSpan WarmUp, int Rounds, IReadOnlyList<int> Clients, int Events, int Kept, int Runs, int Many, IReadOnlyList<IDurablePart> Parts)
{
    /// <summary>After how many responses memory is looked at.</summary>
    public int Step => Math.Max(1, Many / 10);

    /// <summary>All that can be measured.</summary>
    public static IReadOnlyList<IDurablePart> All() => [new LanesPart(), new ResumePart(), new KeptPart(), new RunsPart(), new MemoryPart()];

    /// <summary>Reads what the command line says.</summary>
    /// <exception cref="ArgumentException">An option has no such value.</exception>
    public static DurableOptions Create(bool quick, double? duration, int? rounds, string? clients, string parts)
    {
        var seconds = duration ?? (quick ? 0.7 : 4);
        if (seconds is not (>= 0.2 and <= 600))
            throw new ArgumentException("--duration must be between 0.2 and 600 seconds");
        var all = All();
        return new DurableOptions(
            TimeSpan.FromSeconds(seconds),
            TimeSpan.FromSeconds(quick ? 0.5 : 6),
            OptionText.Bounded(rounds ?? (quick ? 2 : 5), 25, "--rounds"),
            OptionText.Numbers(clients ?? (quick ? "1,16" : "1,16,64"), 4096, "--clients"),
            Events: quick ? 1_000 : 10_000,
            Kept: quick ? 500 : 10_000,
            Runs: quick ? 50 : 500,
            Many: quick ? 2_000 : 100_000,
            [.. OptionText.Names(parts, [.. all.Select(part => part.Name)], "--parts").Select(name => all.Single(part => part.Name == name))]);
    }
}
