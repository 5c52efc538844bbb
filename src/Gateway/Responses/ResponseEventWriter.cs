using System.Buffers;
using System.Text.Json;
using AiGateway.Hooks;
using AiGateway.Protocol;

namespace AiGateway.Responses;

/// <summary>
/// Makes the events of one response: writes the JSON, shows it to the stream hooks, and gives the sequence number, in that order of importance:
/// a number is used up only by an event that a hook let through, so that a client sees no gap.
/// </summary>
internal sealed class ResponseEventWriter : IDisposable
{
    private readonly HookSet _hooks;
    private readonly GatewayCall _call;
    private readonly IResponseEventSink _sink;
    private readonly CancellationToken _cancellationToken;
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private readonly Utf8JsonWriter _json;
    private readonly StreamEvent? _shown;
    private string _type = "";
    private long _next;

    public ResponseEventWriter(HookSet hooks, GatewayCall call, IResponseEventSink sink, CancellationToken cancellationToken, long first = 0)
    {
        _next = first;
        _hooks = hooks;
        _call = call;
        _sink = sink;
        _cancellationToken = cancellationToken;
        _json = new Utf8JsonWriter(_buffer, JsonFormat.WriterOptions);
        _shown = hooks.Watches(call) ? new StreamEvent() : null;
    }

    /// <summary>The sequence number that the next event gets.</summary>
    public long Next => _next;

    /// <inheritdoc cref="IResponseEventSink.TellsErrors"/>
    public bool TellsErrors => _sink.TellsErrors;

    /// <summary>Opens an event: type and sequence number are written, the caller writes the other members.</summary>
    /// <param name="type">The event's type.</param>
    /// <returns>Where to write them.</returns>
    public Utf8JsonWriter Begin(string type)
    {
        _type = type;
        _buffer.ResetWrittenCount();
        _json.Reset();
        _json.WriteStartObject();
        _json.WriteString("type"u8, type);
        _json.WriteNumber("sequence_number"u8, _next);
        return _json;
    }

    /// <summary>Closes the event and sends it on, unless a hook drops it.</summary>
    /// <returns>Whether it was sent.</returns>
    public ValueTask<bool> EndAsync()
    {
        _json.WriteEndObject();
        _json.Flush();
        if (_shown is not null)
            return ShowAsync(_shown);
        var append = _sink.AppendAsync(new ResponseEvent(_next++, _type, _buffer.WrittenMemory));
        return append.IsCompletedSuccessfully ? new(true) : Appended(append);
    }

    /// <summary>Closes a delta event and sends it on.</summary>
    /// <param name="delta">What the delta says.</param>
    /// <returns>What it says after the hooks; null where one dropped it.</returns>
    public ValueTask<string?> EndDeltaAsync(string delta)
    {
        var sent = EndAsync();
        return sent.IsCompletedSuccessfully ? new(Delta(sent.Result, delta)) : Awaited(sent, delta);

        async ValueTask<string?> Awaited(ValueTask<bool> pending, string text) => Delta(await pending, text);
    }

    public void Dispose() => _json.Dispose();

    private static async ValueTask<bool> Appended(ValueTask append)
    {
        await append;
        return true;
    }

    private string? Delta(bool sent, string delta)
    {
        if (!sent)
            return null;
        return _shown is { IsMaterialized: true } && _shown.Json["delta"] is { } node && node.GetValueKind() == JsonValueKind.String
            ? node.GetValue<string>()
            : delta;
    }

    private async ValueTask<bool> ShowAsync(StreamEvent shown)
    {
        shown.Reset(_type, _buffer.WrittenMemory);
        await _hooks.StreamAsync(_call, shown, _cancellationToken);
        if (shown.IsDropped)
            return false;
        if (shown.IsMaterialized)
        {
            // Not a hook's to change: without them a stream cannot be followed.
            shown.Json["type"] = _type;
            shown.Json["sequence_number"] = _next;
        }

        await _sink.AppendAsync(new ResponseEvent(_next++, _type, shown.ToUtf8()));
        return true;
    }
}
