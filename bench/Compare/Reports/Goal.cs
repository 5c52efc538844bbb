namespace AiGateway.Bench.Compare.Reports;

/// <summary>What the project set itself to reach.</summary>
internal sealed record Goal(string Text, string? Measured, bool Reached)
{
    private const int Most = 64;
    private const int HeldStreams = 1000;
    private const double Megabytes = 150;
    private const double Governed = 0.90;

    public static IEnumerable<Goal> Judge(Results results)
    {
        yield return AtLeast($"chat at {Most} clients: ≥ 0.85 of the relay's rate", results.RateRatio(Target.Gateway, Lane.Chat, Target.Relay, Lane.Chat, Most), 0.85);
        yield return AtLeast($"chat stream at {Most} clients: ≥ 0.85 of the relay's rate", results.RateRatio(Target.Gateway, Lane.ChatStream, Target.Relay, Lane.ChatStream, Most), 0.85);
        yield return AddedTail("chat", Lane.Chat, results);
        yield return AddedTail("chat stream", Lane.ChatStream, results);
        yield return AtLeast($"responses at {Most} clients: ≥ 0.6 of our own chat rate", results.RateRatio(Target.Gateway, Lane.Responses, Target.Gateway, Lane.Chat, Most), 0.6);
        yield return AtLeast($"responses stream at {Most} clients: ≥ 0.5 of our own chat stream rate", results.RateRatio(Target.Gateway, Lane.ResponsesStream, Target.Gateway, Lane.ChatStream, Most), 0.5);
        yield return GovernedLanes(results);

        var held = results.Paced.FirstOrDefault(one => one.Target == Target.Gateway && one.Readers == HeldStreams);
        yield return new Goal(
            $"{HeldStreams:N0} paced streams: no event lost, no gap over 250 ms",
            held is null ? null : $"{held.Lost} lost, {held.Broken} broken, gap ≤ {held.MaxGap:N0} ms",
            held is { IsClean: true });

        var after = results.After.TryGetValue(Target.Gateway, out var megabytes) ? megabytes : (double?)null;
        yield return new Goal($"memory after all of it: < {Megabytes:N0} MB", after is null ? null : $"{after:N0} MB", after < Megabytes);
    }

    private static Goal AtLeast(string text, double? ratio, double least) => new(text, ratio?.ToString("N2"), ratio >= least);

    private static Goal GovernedLanes(Results results)
    {
        var lanes = Lane.All.Where(lane => results.TargetsOf(lane, Most).Contains(Target.Governed) && results.TargetsOf(lane, Most).Contains(Target.Gateway))
            .Select(lane => (lane.Name, Ratio: results.RateRatio(Target.Governed, lane, Target.Gateway, lane, Most))).ToList();
        return new Goal(
            $"keys, limits, budgets and usage on, each lane at {Most} clients: ≥ {Governed:N2} of the rate with them off",
            lanes.Count == 0 ? null : string.Join(", ", lanes.Select(lane => $"{lane.Name} {lane.Ratio?.ToString("N2") ?? "failed"}")),
            lanes.Count > 0 && lanes.TrueForAll(lane => lane.Ratio >= Governed));
    }

    private static Goal AddedTail(string name, Lane lane, Results results)
    {
        var ours = results.Added(Target.Gateway, lane, 1, one => one.P99);
        var relays = results.Added(Target.Relay, lane, 1, one => one.P99);
        return new Goal(
            $"{name}, added p99 at one client: ≤ 2 × the relay's",
            ours is null || relays is null ? null : $"{ours:N3} ms to {relays:N3} ms",
            ours <= 2 * relays);
    }
}
