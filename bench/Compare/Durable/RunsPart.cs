using System.Text;
using AiGateway.Bench.Compare.Processes;
using AiGateway.Bench.Compare.Reports;

namespace AiGateway.Bench.Compare.Durable;

/// <summary>Many background responses at once, against the same streams of the upstream itself, and through the gateway but not kept.</summary>
internal sealed class RunsPart : IDurablePart
{
    private const int Deltas = PacedCrowd.Deltas;

    private readonly List<(string What, CrowdResult Result)> _rows = [];
    private int _runs;
    private double _file;

    public string Name => "background";

    public async Task MeasureAsync(DurableSetting setting, CancellationToken cancellationToken)
    {
        var gateway = await setting.StartGatewayAsync(this, cancellationToken);
        _runs = setting.Options.Runs;
        await PacedCrowd.RunAsync(gateway, Bodies.Background(gateway, Deltas, 1), _runs / 5, translated: true, cancellationToken);
        await AddAsync("the upstream alone", setting.Upstream, Wire.RequestBytes.Post(setting.Upstream.EndPoint, Lane.Paced), translated: false, cancellationToken);
        await AddAsync("gateway, store: false", gateway, Bodies.Foreground(gateway, Deltas, PacedCrowd.Interval), translated: true, cancellationToken);
        await AddAsync("gateway, background", gateway, Bodies.Background(gateway, Deltas, PacedCrowd.Interval), translated: true, cancellationToken);
        await CheckKeptAsync(gateway, _rows[^1].Result.Ids, cancellationToken);
        _file = setting.FileMegabytes(this);
        await setting.StopAsync(gateway);
    }

    public void Write(StringBuilder text)
    {
        if (_rows.Count == 0)
            return;
        text.AppendLine().AppendLine($"### {_runs} background responses at once ({Deltas} deltas, {PacedCrowd.Interval} ms apart)").AppendLine();
        text.AppendLine("| what | first event p50 ms | last to have one ms | first text p50 ms | p99 ms | end p50 s | all ended s | lost events | memory before MB | peak MB | after MB |");
        text.AppendLine("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
        foreach (var (what, one) in _rows)
            text.AppendLine($"| {what} | {one.FirstP50:N1} | {one.FirstMax:N1} | {one.TextP50:N1} | {one.TextP99:N1} | {one.LastP50 / 1000:N2} | {one.Elapsed.TotalSeconds:N2} | {one.Lost} | {one.MemoryBefore:N0} | {one.MemoryPeak:N0} | {one.MemoryAfter:N0} |");
        text.AppendLine().AppendLine($"Each is followed by the client that created it; afterwards each was found, completed, by its id. `MaxRunning` is above their number. The database is {_file:N1} MB then.");
    }

    public IEnumerable<Goal> Goals() => [];

    private async Task AddAsync(string what, Target target, byte[] request, bool translated, CancellationToken cancellationToken)
    {
        var result = await PacedCrowd.RunAsync(target, request, _runs, translated, cancellationToken);
        _rows.Add((what, result));
        DurableSetting.Say($"{what}: {_runs} begun in {result.FirstMax:N0} ms, ended in {result.Elapsed.TotalSeconds:N2} s, {result.Lost} lost, {result.MemoryPeak:N0} MB");
    }

    private static async Task CheckKeptAsync(Target gateway, IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
        await Load.Batch.RunAsync(
            gateway,
            16,
            ids.Count,
            index => Wire.RequestBytes.Get(gateway.EndPoint, $"/v1/responses/{ids[index]}"),
            (index, status, body) => status == 200 && body.IndexOf("\"status\":\"completed\""u8) >= 0 ? null : $"{ids[index]} is answered {status}: {Encoding.UTF8.GetString(body)}",
            cancellationToken);
}
