using System.Text;
using AiGateway.Bench.Compare.Load;
using AiGateway.Bench.Compare.Reports;
using AiGateway.Bench.Compare.Wire;

namespace AiGateway.Bench.Compare.Durable;

/// <summary>What is kept, found and listed. What this build does not serve is said to be missing, not failed.</summary>
internal sealed class KeptPart : IDurablePart
{
    private const int Clients = 16;
    private const int ItemsPerCall = 20;
    private const int CallsOfItems = 50;
    private const int ReadsOfEach = 3;
    private const string Items = "input_items";

    private readonly List<(string What, int Clients, BatchResult? Result)> _rows = [];
    private double _file;

    public string Name => "kept";

    public async Task MeasureAsync(DurableSetting setting, CancellationToken cancellationToken)
    {
        var gateway = await setting.StartGatewayAsync(this, cancellationToken);
        await ResponsesAsync(gateway, setting.Options.Kept, cancellationToken);
        await ChainAsync(gateway, Math.Max(20, setting.Options.Kept / 50), cancellationToken);
        await ConversationAsync(gateway, cancellationToken);
        await CompletionsAsync(gateway, setting.Options.Kept, cancellationToken);
        _file = setting.FileMegabytes(this);
        await setting.StopAsync(gateway);
    }

    public void Write(StringBuilder text)
    {
        if (_rows.Count == 0)
            return;
        text.AppendLine().AppendLine("### What is kept, found and listed").AppendLine();
        text.AppendLine("| what | clients | calls | calls/s | p50 ms | p99 ms |").AppendLine("|---|--:|--:|--:|--:|--:|");
        foreach (var (what, clients, result) in _rows)
            text.AppendLine(result is null ? $"| {what} | {clients} | not served by this build | – | – | – |" : $"| {what} | {clients} | {result.Count:N0} | {result.Rate:N0} | {result.P50:N3} | {result.P99:N3} |");
        text.AppendLine().AppendLine($"The database is {_file:N0} MB afterwards.");
    }

    public IEnumerable<Goal> Goals() => [];

    private async Task ResponsesAsync(Target gateway, int count, CancellationToken cancellationToken)
    {
        var create = RequestBytes.Post(gateway.EndPoint, Lane.StoredResponses);
        var ids = new string[count];
        Add(
            "responses stored",
            Clients,
            await Batch.RunAsync(
                gateway,
                Clients,
                count,
                _ => create,
                (index, status, body) =>
                {
                    ids[index] = status == 200 ? ResponseId.In(body) : "";
                    return Fault(status, body);
                },
                cancellationToken));

        // In no order, and each more than once.
        var order = Enumerable.Range(0, count * ReadsOfEach).Select(index => index % count).ToArray();
        new Random(1).Shuffle(order);
        Add(
            $"one of {count:N0} by its id",
            Clients,
            await Batch.RunAsync(
                gateway,
                Clients,
                order.Length,
                index => RequestBytes.Get(gateway.EndPoint, $"/v1/responses/{ids[order[index]]}"),
                (index, status, body) => status == 200 && ResponseId.In(body) != ids[order[index]] ? "another response than asked for" : Fault(status, body),
                cancellationToken));
    }

    private async Task ChainAsync(Target gateway, int turns, CancellationToken cancellationToken)
    {
        string? last = null;
        Add(
            $"{turns} turns of a chain, one after the other",
            1,
            await Batch.RunAsync(
                gateway,
                1,
                turns,
                _ => Bodies.Turn(gateway, last),
                (_, status, body) =>
                {
                    last = status == 200 ? ResponseId.In(body) : null;
                    return Fault(status, body);
                },
                cancellationToken));
        foreach (var order in (string[])["asc", "desc"])
        {
            var what = $"{Items} of its last turn, {order}, 100 a page";
            AddPages(what, await Paging.ReadAsync(gateway, $"/v1/responses/{last}/{Items}?limit=100&order={order}", least: turns, cancellationToken));
        }
    }

    private async Task ConversationAsync(Target gateway, CancellationToken cancellationToken)
    {
        using var connection = await WireConnection.ConnectAsync(gateway.EndPoint, cancellationToken);
        if (await connection.ExchangeAsync(RequestBytes.Post(gateway.EndPoint, "/v1/conversations", "{}")) != 200)
        {
            _rows.Add(("conversations", 1, null));
            return;
        }

        var path = $"/v1/conversations/{ResponseId.AnyIn(connection.Body)}/items";
        var items = string.Join(',', Enumerable.Repeat("""{"type":"message","role":"user","content":"Go on."}""", ItemsPerCall));
        var append = RequestBytes.Post(gateway.EndPoint, path, $$"""{"items":[{{items}}]}""");
        Add(
            $"{ItemsPerCall} items added to a conversation",
            1,
            await Batch.RunAsync(gateway, 1, CallsOfItems, _ => append, (_, status, body) => Fault(status, body), cancellationToken));
        foreach (var order in (string[])["asc", "desc"])
        {
            AddPages(
                $"its {ItemsPerCall * CallsOfItems:N0} items, {order}, 100 a page",
                await Paging.ReadAsync(gateway, $"{path}?limit=100&order={order}", least: ItemsPerCall * CallsOfItems, cancellationToken));
        }
    }

    private async Task CompletionsAsync(Target gateway, int count, CancellationToken cancellationToken)
    {
        var create = RequestBytes.Post(gateway.EndPoint, Lane.Chat.Path, Lane.Chat.Body[..^1] + ",\"store\":true}");
        var stored = await Batch.RunAsync(gateway, Clients, count, _ => create, (_, status, body) => Fault(status, body), cancellationToken);
        var listed = await Paging.ReadAsync(gateway, $"{Lane.Chat.Path}?limit=100", least: count, cancellationToken);
        if (listed is not null)
            Add("chat completions stored", Clients, stored);
        AddPages($"{count:N0} stored chat completions listed, 100 a page", listed);
    }

    private void Add(string what, int clients, BatchResult result)
    {
        _rows.Add((what, clients, result));
        DurableSetting.Say($"{what}: {result.Rate:N0}/s, p50 {result.P50:N3} ms, p99 {result.P99:N3} ms");
    }

    private void AddPages(string what, BatchResult? result)
    {
        if (result is null)
            _rows.Add((what, 1, null));
        else
            Add(what, 1, result);
    }

    private static string? Fault(int status, ReadOnlySpan<byte> body) =>
        status == 200 ? null : $"status {status}: {Encoding.UTF8.GetString(body[..Math.Min(body.Length, 300)])}";
}
