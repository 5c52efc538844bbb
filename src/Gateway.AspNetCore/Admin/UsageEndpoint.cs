using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using AiGateway.Configuration;
using AiGateway.Engine;
using AiGateway.Protocol;
using AiGateway.Usage;
using Microsoft.AspNetCore.Http;

namespace AiGateway.AspNetCore.Admin;

/// <summary><c>GET /admin/usage</c>: what calls used, summed up by whatever is asked, as JSON or CSV; as CSV without groups, every call.</summary>
internal sealed class UsageEndpoint(AdminEntry entry, IUsageStore store, UsageRecorder recorder)
{
    private const int MostGroups = 10_000;
    private const int Page = 5000;

    private static readonly string[] Known = ["from", "until", "tenant", "key", "model", "provider", "group_by", "format", "limit"];
    private static readonly string[] Counts = ["requests", "errors", "input_tokens", "cached_tokens", "output_tokens", "reasoning_tokens", "estimated_tokens", "cost"];

    private static readonly string[] Columns =
    [
        "id", "tenant", "key", "api", "model", "provider", "provider_model", "started_at", "duration_ms", "first_token_ms", "status", "outcome", "error_code",
        "input_tokens", "cached_tokens", "output_tokens", "reasoning_tokens", "estimated", "cost", "attempts", "stream", "cached",
    ];

    public Task GetAsync(HttpContext context) => WantsCsv(context.Request)
        ? entry.InvokeAsync(context, async (output, cancellationToken) =>
        {
            var query = Read(context.Request);
            await FlushAsync();
            var writer = output.Start(200, "text/csv; charset=utf-8");
            if (query.GroupBy.Count == 0)
            {
                await WriteRecordsAsync(query with { Limit = Page }, line => WriteAsync(writer, line, cancellationToken), cancellationToken);
                return;
            }

            await WriteAsync(writer, Line([.. query.GroupBy, .. Counts]), cancellationToken);
            foreach (var sum in await store.SumAsync(query, cancellationToken))
                await WriteAsync(writer, Line([.. sum.Keys, .. Numbers(sum)]), cancellationToken);
        })
        : entry.InvokeAsync(context, async cancellationToken =>
        {
            var query = Read(context.Request);
            await FlushAsync();
            var sums = await store.SumAsync(query with { Limit = query.Limit + 1 }, cancellationToken);
            return new JsonObject
            {
                ["object"] = "list",
                ["has_more"] = sums.Count > query.Limit,
                ["data"] = new JsonArray([.. sums.Take(query.Limit).Select(sum => Json(sum, query))]),
            };
        });

    private static bool WantsCsv(HttpRequest request) => request.Query.TryGetValue("format", out var format)
        ? format == "csv"
        : request.Headers.Accept.ToString().Contains("text/csv", StringComparison.OrdinalIgnoreCase);

    // What ended is to be seen, also where it is not recorded yet; where it cannot be recorded, what is recorded is better than nothing.
    private async ValueTask FlushAsync()
    {
        try
        {
            await recorder.FlushAsync();
        }
        catch (StorageUnavailableException)
        {
            // The reading says so too, where it cannot read either.
        }
    }

    private async Task WriteRecordsAsync(UsageQuery query, Func<string, ValueTask> write, CancellationToken cancellationToken)
    {
        await write(Line(Columns));
        UsageRecord? last = null;
        do
        {
            var records = await store.ListAsync(query, last, cancellationToken);
            foreach (var record in records)
                await write(Line(Cells(record)));
            last = records.Count == query.Limit ? records[^1] : null;
        }
        while (last is not null);
    }

    private static UsageQuery Read(HttpRequest request)
    {
        var query = request.Query;
        foreach (var (name, _) in query)
        {
            if (!Known.Contains(name, StringComparer.Ordinal))
                throw new GatewayException(GatewayErrors.Invalid($"Unknown parameter: '{name}'. Known are {string.Join(", ", Known)}.", name, "unknown_parameter"));
        }

        if (query.TryGetValue("format", out var format) && format.ToString() is not ("csv" or "json"))
            throw new GatewayException(GatewayErrors.WrongValue("format", "'format' must be 'json' or 'csv'."));
        var limit = 1000;
        if (query.TryGetValue("limit", out var most) && (!int.TryParse(most, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > MostGroups))
            throw new GatewayException(GatewayErrors.WrongValue("limit", $"'limit' must be from 1 to {MostGroups}."));
        var groups = query["group_by"].SelectMany(value => (value ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).ToList();
        foreach (var group in groups)
        {
            if (!UsageQuery.Groups.Contains(group, StringComparer.Ordinal) || groups.Count(g => g == group) > 1)
                throw new GatewayException(GatewayErrors.WrongValue("group_by", $"'group_by' must be of {string.Join(", ", UsageQuery.Groups)}, each once."));
        }

        return new UsageQuery
        {
            From = Time("from"),
            Until = Time("until"),
            Tenant = Text("tenant"),
            KeyId = Text("key"),
            Model = Text("model"),
            Provider = Text("provider"),
            GroupBy = groups,
            Limit = limit,
        };

        string? Text(string name) => query.TryGetValue(name, out var value) ? value.ToString() : null;

        DateTimeOffset? Time(string name)
        {
            if (Text(name) is not { } text)
                return null;
            if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= 253_402_300_799)
                return DateTimeOffset.FromUnixTimeSeconds(seconds);
            return AccessValidator.TryTime(text, out var time)
                ? time
                : throw new GatewayException(GatewayErrors.WrongValue(name, $"'{name}' must be a time: seconds since 1970, or a text such as 2026-05-01T00:00:00Z."));
        }
    }

    private static JsonObject Json(UsageSum sum, UsageQuery query)
    {
        var json = new JsonObject { ["object"] = "admin.usage" };
        for (var i = 0; i < query.GroupBy.Count; i++)
            json[query.GroupBy[i]] = sum.Keys[i];
        json["requests"] = sum.Requests;
        json["errors"] = sum.Errors;
        json["input_tokens"] = sum.InputTokens;
        json["cached_tokens"] = sum.CachedTokens;
        json["output_tokens"] = sum.OutputTokens;
        json["reasoning_tokens"] = sum.ReasoningTokens;
        json["estimated_tokens"] = sum.EstimatedTokens;
        json["cost"] = sum.Cost;
        return json;
    }

    private static string[] Numbers(UsageSum sum) =>
    [
        Text(sum.Requests), Text(sum.Errors), Text(sum.InputTokens), Text(sum.CachedTokens), Text(sum.OutputTokens), Text(sum.ReasoningTokens), Text(sum.EstimatedTokens), Text(sum.Cost),
    ];

    private static string?[] Cells(UsageRecord r) =>
    [
        r.Id, r.Tenant, r.KeyId, r.Api, r.Model, r.Provider, r.ProviderModel, r.StartedAt.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture), Text(r.DurationMs),
        r.FirstTokenMs is { } first ? Text(first) : null, Text(r.Status), r.Outcome, r.ErrorCode, Text(r.InputTokens), Text(r.CachedTokens), Text(r.OutputTokens),
        Text(r.ReasoningTokens), r.IsEstimated ? "true" : "false", Text(r.Cost), Text(r.Attempts), r.IsStream ? "true" : "false", r.IsCached ? "true" : "false",
    ];

    private static string Text(decimal number) => number.ToString("0.#########", CultureInfo.InvariantCulture);

    // RFC 4180. A cell that a spreadsheet would take for a formula, since a caller can name a model so, gets an apostrophe.
    private static string Line(IEnumerable<string?> cells) => string.Join(',', cells.Select(Cell)) + "\r\n";

    private static string Cell(string? value)
    {
        if (string.IsNullOrEmpty(value))
            return "";
        var text = value[0] is '=' or '+' or '-' or '@' or '\t' or '\r' ? "'" + value : value;
        return text.AsSpan().ContainsAny("\",\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }

    private static async ValueTask WriteAsync(System.IO.Pipelines.PipeWriter writer, string line, CancellationToken cancellationToken) =>
        await writer.WriteAsync(Encoding.UTF8.GetBytes(line), cancellationToken);
}
