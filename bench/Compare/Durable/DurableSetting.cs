using AiGateway.Bench.Compare.Processes;

namespace AiGateway.Bench.Compare.Durable;

/// <summary>What the parts measure with: the upstream, and for each part a gateway over a database of its own.</summary>
/// <param name="options">How much is measured.</param>
/// <param name="launcher">Starts processes.</param>
/// <param name="upstream">The provider.</param>
internal sealed class DurableSetting(DurableOptions options, TargetLauncher launcher, Target upstream)
{
    public DurableOptions Options => options;

    public Target Upstream => upstream;

    /// <summary>Starts a gateway.</summary>
    public Task<Target> StartGatewayAsync(IDurablePart part, CancellationToken cancellationToken) =>
        launcher.StartGatewayAsync(upstream, part.Name, cancellationToken);

    /// <summary>Ends it.</summary>
    public Task StopAsync(Target gateway) => launcher.StopAsync(gateway);

    /// <summary>What a part's database takes of the disk, its log included, in megabytes.</summary>
    public double FileMegabytes(IDurablePart part) =>
        new DirectoryInfo(launcher.Folder).EnumerateFiles(part.Name + ".db*").Sum(file => file.Length) / 1e6;

    public static void Say(string line) => Console.Error.WriteLine(line);
}
