using System.CommandLine;
using AiGateway.Bench.Compare;
using AiGateway.Bench.Compare.Cluster;
using AiGateway.Bench.Compare.Durable;

// Before the first socket is made: completions run on the thread that polls, which saves the generator a thread hop per response.
// The processes under test do not inherit it (see ChildProcess).
Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");

var quick = new Option<bool>("--quick") { Description = "One short round of each: a smoke test, not a measurement." };
var duration = new Option<double?>("--duration") { Description = "Seconds that each lane is driven per round (default 4; quick less)." };
var rounds = new Option<int?>("--rounds") { Description = "Rounds, of which medians are reported (default 3, durable 5; quick 1, durable 2)." };
var clients = new Option<string?>("--clients") { Description = "Numbers of concurrent clients (default 1,16,64)." };
var paced = new Option<string?>("--paced") { Description = "Numbers of concurrent paced streams (default 128,512,1000)." };
var lanes = new Option<string>("--lanes")
{
    Description = "What to drive.",
    DefaultValueFactory = _ => string.Join(',', [.. Lane.All.Select(lane => lane.Name), BenchOptions.PacedLane]),
};
var targets = new Option<string>("--targets")
{
    Description = "What to drive it against; the upstream always runs, as the others need it.",
    DefaultValueFactory = _ => string.Join(',', BenchOptions.KnownTargets),
};
var output = new Option<FileInfo?>("--out") { Description = "Write the report to this Markdown file too." };

var command = new RootCommand("Drives the gateway, a bare relay and nginx in turn against one scripted upstream, and compares them.")
{
    quick, duration, rounds, clients, paced, lanes, targets, output,
};
command.SetAction((parsed, cancellationToken) => GuardedAsync(() =>
{
    var options = BenchOptions.Create(
        parsed.GetValue(quick),
        parsed.GetValue(duration),
        parsed.GetValue(rounds),
        parsed.GetValue(clients),
        parsed.GetValue(paced),
        parsed.GetValue(lanes)!,
        parsed.GetValue(targets)!);
    return Comparison.RunAsync(options, parsed.GetValue(output), cancellationToken);
}));

var parts = new Option<string>("--parts")
{
    Description = "What to measure.",
    DefaultValueFactory = _ => string.Join(',', DurableOptions.All().Select(part => part.Name)),
};
var durable = new Command("durable", "Measures what it costs that responses are kept, and what can be had of kept ones.") { quick, duration, rounds, clients, parts, output };
durable.SetAction((parsed, cancellationToken) => GuardedAsync(() => DurableBench.RunAsync(
    DurableOptions.Create(parsed.GetValue(quick), parsed.GetValue(duration), parsed.GetValue(rounds), parsed.GetValue(clients), parsed.GetValue(parts)!),
    parsed.GetValue(output),
    cancellationToken)));
command.Add(durable);

var silos = new Option<string?>("--silos") { Description = "Numbers of silos (default 1,2,3; quick 1)." };
var warmUp = new Option<double?>("--warm-up") { Description = "Seconds that each lane is driven before it counts (default 8; quick less)." };
var held = new Option<string?>("--paced") { Description = "Numbers of concurrent paced responses (default 1,50,200; quick less)." };
var kinds = new Option<string>("--kinds")
{
    Description = "Kinds of paced responses.",
    DefaultValueFactory = _ => string.Join(',', ClusterOptions.KnownKinds),
};
var clusterLanes = new Option<string>("--lanes")
{
    Description = "What to drive.",
    DefaultValueFactory = _ => string.Join(',', ClusterOptions.KnownLanes.Select(lane => lane.Name)),
};
var clusterParts = new Option<string>("--parts")
{
    Description = "What to measure.",
    DefaultValueFactory = _ => string.Join(',', ClusterOptions.All().Select(part => part.Name)),
};
var cluster = new Command("cluster", "Compares a cluster on this machine (Redis, silos, a frontend) with the standalone gateway.")
{
    quick, duration, warmUp, rounds, clients, held, kinds, silos, clusterLanes, clusterParts, output,
};
cluster.SetAction((parsed, cancellationToken) => GuardedAsync(() => ClusterBench.RunAsync(
    ClusterOptions.Create(
        parsed.GetValue(quick),
        parsed.GetValue(duration),
        parsed.GetValue(warmUp),
        parsed.GetValue(rounds),
        parsed.GetValue(clients),
        parsed.GetValue(held),
        parsed.GetValue(kinds)!,
        parsed.GetValue(silos),
        parsed.GetValue(clusterLanes)!,
        parsed.GetValue(clusterParts)!),
    parsed.GetValue(output),
    cancellationToken)));
command.Add(cluster);

// Time enough to end the started processes in order after Ctrl-C.
return await command.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(15) });

static async Task<int> GuardedAsync(Func<Task<int>> measure)
{
    try
    {
        return await measure();
    }
    catch (Exception exception) when (exception is ArgumentException or BenchException)
    {
        await Console.Error.WriteLineAsync(exception.Message);
        return 1;
    }
    catch (OperationCanceledException)
    {
        return 130;
    }
}
