using System.Buffers;
using System.Text;
using AiGateway.Protocol;

namespace AiGateway.Engine.Contract.Engines;

/// <summary>Responses and events whose bytes a test can tell beforehand.</summary>
internal static class Known
{
    public const string Delta = "response.output_text.delta";

    /// <summary>A response object.</summary>
    public static byte[] Body(string id, string status, string output = "") =>
        Encoding.UTF8.GetBytes($$"""{"id":"{{id}}","object":"response","status":"{{status}}","output":[{{output}}],"error":null,"usage":null}""");

    /// <summary>A queued background response.</summary>
    public static StoredResponse Queued(string id, string? tenant = null, bool stream = true) => new()
    {
        Id = id,
        Tenant = tenant,
        Status = "queued",
        CreatedAt = TimeProvider.System.GetUtcNow(),
        Body = Body(id, "queued"),
        Input = "[]"u8.ToArray(),
        Background = true,
        Stream = stream,
        LastSequence = stream ? 1 : -1,
        Run = new RunRequest { RequestId = "req_" + id, Body = "{}"u8.ToArray() },
    };

    /// <summary>A response that its client's call runs.</summary>
    public static StoredResponse Foreground(string id, string? tenant = null) => Queued(id, tenant) with
    {
        Status = "in_progress",
        Body = Body(id, "in_progress"),
        Background = false,
        LastSequence = -1,
        Run = null,
    };

    /// <summary>The events that a background response begins with.</summary>
    public static EventPage Beginning(string id) => Page(0, Event("response.created", id, 0), Event("response.queued", id, 1));

    /// <summary>An event's JSON.</summary>
    public static (string Type, byte[] Json) Event(string type, string id, long sequence, int padding = 0) => (type, Encoding.UTF8.GetBytes(
        $$"""{"type":"{{type}}","sequence_number":{{sequence}},"delta":"{{id}}:{{sequence}} {{new string('x', padding)}}"}"""));

    /// <summary>An event's JSON that carries a response object.</summary>
    public static byte[] Terminal(string type, long sequence, byte[] body) =>
        [.. Encoding.UTF8.GetBytes($$"""{"type":"{{type}}","sequence_number":{{sequence}},"response":"""), .. body, .. "}"u8];

    private static EventPage Page(long first, params (string Type, byte[] Json)[] events)
    {
        var frames = new ArrayBufferWriter<byte>();
        foreach (var (type, json) in events)
            EventFrame.Write(frames, type, json);
        return new EventPage(first, events.Length, frames.WrittenMemory);
    }
}
