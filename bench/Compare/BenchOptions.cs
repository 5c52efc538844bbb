namespace AiGateway.Bench.Compare;

internal sealed record BenchOptions(
    TimeSpan Duration,
    TimeSpan WarmUp,
    int Rounds,
    IReadOnlyList<int> Clients,
    IReadOnlyList<int> PacedStreams,
    TimeSpan PacedDuration,
    IReadOnlyList<Lane> Lanes,
    bool Paced,
    IReadOnlyList<string> Targets)
{
    public const string PacedLane = "paced";

    public static readonly IReadOnlyList<string> KnownTargets = [Target.Upstream, Target.Nginx, Target.Relay, Target.Gateway, Target.Governed];

    public static BenchOptions Create(
        bool quick, double? duration, int? rounds, string? clients, string? paced, string lanes, string targets)
    {
        var seconds = duration ?? (quick ? 1 : 4);
        if (seconds is not (>= 0.2 and <= 600))
            throw new ArgumentException("--duration must be between 0.2 and 600 seconds");
        var laneNames = OptionText.Names(lanes, [.. Lane.All.Select(lane => lane.Name), PacedLane], "--lanes");
        var targetNames = OptionText.Names(targets, KnownTargets, "--targets");

        return new BenchOptions(
            TimeSpan.FromSeconds(seconds),
            TimeSpan.FromSeconds(quick ? 2 : 6),
            OptionText.Bounded(rounds ?? (quick ? 1 : 3), 25, "--rounds"),
            OptionText.Numbers(clients ?? "1,16,64", 4096, "--clients"),
            OptionText.Numbers(paced ?? "128,512,1000", 8192, "--paced"),
            TimeSpan.FromSeconds(quick ? 3 : 10),
            [.. Lane.All.Where(lane => laneNames.Contains(lane.Name))],
            laneNames.Contains(PacedLane),
            // Nothing can be said of the others without the upstream driven alone.
            [.. KnownTargets.Where(name => name == Target.Upstream || targetNames.Contains(name))]);
    }
}
