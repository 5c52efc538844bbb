using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;
using AiGateway.Bench.Compare.Processes;
using AiGateway.Bench.Compare.Wire;

namespace AiGateway.Bench.Compare.Load;

/// <summary>Asks a gateway's admin API what it recorded, and holds that against what it was sent: every call once, each with its tokens and its price.</summary>
internal static class UsageCheck
{
    private const string Who = "/admin/usage?tenant=bench&key=bench&model=bench&provider=upstream&group_by=api";
    private const string All = "/admin/usage?group_by=api";

    // A client has an answer's last byte before the call has ended; and much may be still to be written.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Compares.</summary>
    /// <returns>What is wrong, by the path of the calls; nothing where all is well.</returns>
    public static async Task<IReadOnlyDictionary<string, string>> RunAsync(Target target, CancellationToken cancellationToken)
    {
        var begun = Stopwatch.GetTimestamp();
        while (true)
        {
            var faults = await AskAsync(target, cancellationToken);
            if (faults.Count == 0 || Stopwatch.GetElapsedTime(begun) > Patience)
            {
                if (faults.Count == 0)
                    Console.Error.WriteLine($"{target.Name}: usage is as it should be of {string.Join(", ", target.Sent.ByPath.Select(sent => $"{sent.Value:N0} {sent.Key}"))}");
                return faults;
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }

    private static async Task<Dictionary<string, string>> AskAsync(Target target, CancellationToken cancellationToken)
    {
        try
        {
            using var connection = await WireConnection.ConnectAsync(target.EndPoint, cancellationToken);
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            deadline.CancelAfter(Patience);
            await using var ended = deadline.Token.Register(connection.Dispose);
            var theirs = await SumsAsync(connection, target, Who);
            var all = await SumsAsync(connection, target, All);
            return target.Sent.ByPath
                .Select(sent => (sent.Key, Fault: Fault(sent.Value, theirs.GetValueOrDefault(Api(sent.Key)), all.GetValueOrDefault(Api(sent.Key)))))
                .Where(one => one.Fault is not null)
                .ToDictionary(one => one.Key, one => one.Fault!, StringComparer.Ordinal);
        }
        catch (Exception exception) when (exception is SocketException or InvalidDataException or ObjectDisposedException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return target.Sent.ByPath.Keys.ToDictionary(path => path, _ => $"usage could not be asked for: {exception.Message}", StringComparer.Ordinal);
        }
    }

    private static async Task<Dictionary<string, Sum>> SumsAsync(WireConnection connection, Target target, string path)
    {
        var status = await connection.ExchangeAsync(RequestBytes.Get(target.EndPoint, path, GatewayConfiguration.AdminKey));
        if (status != 200)
            throw new InvalidDataException($"status {status}: {connection.BodyText()}");
        using var document = JsonDocument.Parse(connection.BodyText());
        return document.RootElement.GetProperty("data").EnumerateArray().ToDictionary(
            sum => sum.GetProperty("api").GetString() ?? "",
            sum => new Sum(
                sum.GetProperty("requests").GetInt64(),
                sum.GetProperty("errors").GetInt64(),
                sum.GetProperty("input_tokens").GetInt64() + sum.GetProperty("output_tokens").GetInt64(),
                sum.GetProperty("estimated_tokens").GetInt64(),
                sum.GetProperty("cost").GetDecimal()),
            StringComparer.Ordinal);
    }

    private static string? Fault(long sent, Sum theirs, Sum all)
    {
        if (theirs.Requests != sent || all.Requests != sent)
            return $"{sent} calls were sent, but usage of {theirs.Requests} was recorded for their key, model and provider, of {all.Requests} in all";
        if (theirs.Errors != 0)
            return $"{theirs.Errors} calls were recorded as failed";
        return theirs.Tokens < sent || theirs.Estimated != 0 || theirs.Cost <= 0
            ? $"{theirs.Tokens} tokens, {theirs.Estimated} of them estimated, at a cost of {theirs.Cost} were recorded for {sent} calls"
            : null;
    }

    private static string Api(string path) => path == Lane.Responses.Path ? "responses" : "chat";

    private readonly record struct Sum(long Requests, long Errors, long Tokens, long Estimated, decimal Cost);
}
