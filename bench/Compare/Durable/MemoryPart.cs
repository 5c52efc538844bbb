using System.Text;
using AiGateway.Bench.Compare.Load;
using AiGateway.Bench.Compare.Processes;
using AiGateway.Bench.Compare.Reports;
using AiGateway.Bench.Compare.Wire;

namespace AiGateway.Bench.Compare.Durable;

/// <summary>Whether memory grows with what is stored.</summary>
internal sealed class MemoryPart : IDurablePart
{
    private const int Clients = 16;

    // Of what was held after the first tenth: the heap breathes.
    private const double MostGrowth = 1.25;

    private readonly List<(int Stored, double Rate, double Memory, double File)> _rows = [];
    private double _idle;

    public string Name => "memory";

    public async Task MeasureAsync(DurableSetting setting, CancellationToken cancellationToken)
    {
        var gateway = await setting.StartGatewayAsync(this, cancellationToken);
        _idle = ProcessUse.Of(gateway.Process).ResidentMegabytes;
        var (whole, stream) = (RequestBytes.Post(gateway.EndPoint, Lane.StoredResponses), RequestBytes.Post(gateway.EndPoint, Lane.StoredResponsesStream));
        for (var stored = setting.Options.Step; stored <= setting.Options.Many; stored += setting.Options.Step)
        {
            var step = await Batch.RunAsync(
                gateway,
                Clients,
                setting.Options.Step,
                index => index % 2 == 0 ? whole : stream,
                (_, status, body) => status == 200 && (body[0] == '{' || body.IndexOf("event: response.completed\n"u8) > 0) ? null : $"status {status}: {Encoding.UTF8.GetString(body)}",
                cancellationToken);
            _rows.Add((stored, step.Rate, ProcessUse.Of(gateway.Process).ResidentMegabytes, setting.FileMegabytes(this)));
            DurableSetting.Say($"{stored:N0} stored: {step.Rate:N0}/s, {_rows[^1].Memory:N0} MB of memory, {_rows[^1].File:N0} MB of disk");
        }

        await setting.StopAsync(gateway);
    }

    public void Write(StringBuilder text)
    {
        if (_rows.Count == 0)
            return;
        text.AppendLine().AppendLine($"### Memory over {_rows[^1].Stored:N0} stored responses ({Clients} clients, whole and streamed in turn)").AppendLine();
        text.AppendLine($"| stored | {string.Join(" | ", _rows.Select(row => $"{row.Stored:N0}"))} |");
        text.AppendLine($"|---|{string.Concat(Enumerable.Repeat("--:|", _rows.Count))}");
        text.AppendLine($"| requests/s | {string.Join(" | ", _rows.Select(row => $"{row.Rate:N0}"))} |");
        text.AppendLine($"| resident MB | {string.Join(" | ", _rows.Select(row => $"{row.Memory:N0}"))} |");
        text.AppendLine($"| database MB | {string.Join(" | ", _rows.Select(row => $"{row.File:N0}"))} |");
        text.AppendLine().AppendLine($"Resident memory: {_idle:N0} MB when ready, {_rows[0].Memory:N0} MB first, {_rows.Max(row => row.Memory):N0} MB at most, {_rows[^1].Memory:N0} MB last.");
    }

    public IEnumerable<Goal> Goals()
    {
        var isMeasured = _rows.Count > 1;
        yield return new Goal(
            $"memory flat over {(isMeasured ? $"{_rows[^1].Stored:N0}" : "the")} stored responses: at most {MostGrowth} of what it was after a tenth",
            isMeasured ? $"first {_rows[0].Memory:N0} MB, most {_rows.Max(row => row.Memory):N0} MB, last {_rows[^1].Memory:N0} MB" : null,
            isMeasured && _rows.Max(row => row.Memory) <= MostGrowth * _rows[0].Memory);
    }
}
