using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace AiGateway.Upstream;

/// <summary>One request as it came over the wire, and what became of it.</summary>
public sealed class ReceivedRequest
{
    private readonly Lazy<JsonNode?> _json;

    private ReceivedRequest(byte[] body)
    {
        Body = body;
        _json = new(() => Body.Length == 0 ? null : JsonNode.Parse(Body));
    }

    /// <summary>Counts from 1 in the order in which bodies arrived whole.</summary>
    public required int Number { get; init; }

    public required string Method { get; init; }

    /// <summary>Path and query exactly as sent, nothing decoded.</summary>
    public required string RawTarget { get; init; }

    /// <summary>The part of <see cref="RawTarget"/> before <c>?</c>.</summary>
    public string RawPath => RawTarget.Split('?', 2)[0];

    /// <summary>With its <c>?</c>; empty where there is none.</summary>
    public string Query => RawTarget[RawPath.Length..];

    /// <summary>Names are case-insensitive; several lines of one name stay several values.</summary>
    public required IReadOnlyDictionary<string, string[]> Headers { get; init; }

    public byte[] Body { get; }

    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>The body as JSON; throws <see cref="System.Text.Json.JsonException"/> where it is none.</summary>
    public JsonNode Json => _json.Value ?? throw new InvalidOperationException("The request has no body.");

    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>A <see cref="Stopwatch"/> timestamp, for distances between requests.</summary>
    public required long ReceivedTimestamp { get; init; }

    /// <summary>The same for requests that came over one connection.</summary>
    public required string ConnectionId { get; init; }

    /// <summary>Completes when the caller's connection was dropped before its reply was finished.</summary>
    public Task Aborted => End.Aborted;

    /// <summary>Completes when the script has been played to its end and handed to the kernel; fails where playing it failed.</summary>
    /// <remarks>Of this and <see cref="Aborted"/> exactly one completes; both are cancelled where the upstream was disposed first.</remarks>
    public Task Completed => End.Completed;

    /// <summary>The first value of a header, or null.</summary>
    public string? Header(string name) => Headers.TryGetValue(name, out var values) ? values[0] : null;

    /// <summary>Whether the path ends so, whatever it starts with.</summary>
    public bool Is(string pathEnd) => RawPath.EndsWith(pathEnd, StringComparison.Ordinal);

    internal bool Asks(string property) => Field(property) is JsonValue value && value.TryGetValue<bool>(out var asked) && asked;

    /// <summary>A field of the body, or null where there is no such field or no JSON object.</summary>
    internal JsonNode? Field(string property)
    {
        try
        {
            return (_json.Value as JsonObject)?[property];
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }

    internal static ReceivedRequest From(HttpContext context, byte[] body, int number) => new(body)
    {
        Number = number,
        Method = context.Request.Method,
        RawTarget = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
        Headers = context.Request.Headers.ToDictionary(
            h => h.Key, h => h.Value.Select(v => v ?? string.Empty).ToArray(), StringComparer.OrdinalIgnoreCase),
        ReceivedAt = TimeProvider.System.GetUtcNow(),
        ReceivedTimestamp = Stopwatch.GetTimestamp(),
        ConnectionId = context.Connection.Id,
    };

    internal RequestEnd End { get; } = new();
}
