namespace AiGateway.Bench.Compare.Cluster;

/// <summary>How much is measured.</summary>
/// <param name="Duration">How long each lane is driven, and paced responses are held, per round.</param>
/// <param name="WarmUp">How long before it counts.</param>
/// <param name="Rounds">Rounds, of which medians are reported.</param>
/// <param name="Clients">Numbers of concurrent clients of the lanes.</param>
/// <param name="Paced">Numbers of concurrent paced responses.</param>
/// <param name="Kinds">Of which kinds they are.</param>
/// <param name="Silos">Numbers of silos.</param>
/// <param name="Lanes">What to drive.</param>
/// <param name="Parts">What to measure.</param>
internal sealed record ClusterOptions(
    TimeSpan Duration,
    TimeSpan WarmUp,
    int Rounds,
    IReadOnlyList<int> Clients,
    IReadOnlyList<int> Paced,
    IReadOnlyList<string> Kinds,
    IReadOnlyList<int> Silos,
    IReadOnlyList<Lane> Lanes,
    IReadOnlyList<IClusterPart> Parts)
{
    /// <summary>What can be driven.</summary>
    public static readonly IReadOnlyList<Lane> KnownLanes =
        [Lane.Chat, Lane.ChatStream, Lane.ResponsesStream, Lane.StoredResponses, Lane.StoredResponsesStream, Lane.BackgroundStream];

    /// <summary>Of paced responses: one runs in its client's call, the other wherever the engine puts it, and all its events are kept.</summary>
    public static readonly IReadOnlyList<string> KnownKinds = ["foreground", "background"];

    /// <summary>All that can be measured.</summary>
    public static IReadOnlyList<IClusterPart> All() => [new LanesPart(), new PacedPart()];

    /// <summary>Reads what the command line says.</summary>
    /// <exception cref="ArgumentException">An option has no such value.</exception>
    public static ClusterOptions Create(
        bool quick, double? duration, double? warmUp, int? rounds, string? clients, string? paced, string kinds, string? silos, string lanes, string parts)
    {
        var all = All();
        var laneNames = OptionText.Names(lanes, [.. KnownLanes.Select(lane => lane.Name)], "--lanes");
        return new ClusterOptions(
            Seconds(duration ?? (quick ? 0.7 : 4), "--duration"),
            Seconds(warmUp ?? (quick ? 0.5 : 8), "--warm-up"),
            OptionText.Bounded(rounds ?? (quick ? 1 : 3), 25, "--rounds"),
            OptionText.Numbers(clients ?? (quick ? "16" : "1,16,64"), 4096, "--clients"),
            OptionText.Numbers(paced ?? (quick ? "1,50" : "1,50,200"), 4096, "--paced"),
            OptionText.Names(kinds, KnownKinds, "--kinds"),
            OptionText.Numbers(silos ?? (quick ? "1" : "1,2,3"), 16, "--silos"),
            [.. KnownLanes.Where(lane => laneNames.Contains(lane.Name))],
            [.. OptionText.Names(parts, [.. all.Select(part => part.Name)], "--parts").Select(name => all.Single(part => part.Name == name))]);
    }

    private static TimeSpan Seconds(double seconds, string option) =>
        seconds is >= 0.2 and <= 600 ? TimeSpan.FromSeconds(seconds) : throw new ArgumentException($"{option} must be between 0.2 and 600 seconds");
}
