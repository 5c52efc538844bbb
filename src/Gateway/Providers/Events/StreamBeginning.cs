using System.Text.Json;
using AiGateway.Protocol;
using AiGateway.Providers.Errors;

namespace AiGateway.Providers.Events;

/// <summary>Looks at the events that a stream begins with, as they come: are they an answer, or an error in its place?</summary>
internal sealed class StreamBeginning
{
    private readonly EventFields _fields = new();
    private int _line;
    private int _scanned;
    private bool _skipsLineFeed;

    /// <summary>Whether a response said that it exists, and nothing more yet.</summary>
    public bool IsOpened { get; private set; }

    /// <summary>The error that stands in an answer's place; null for none.</summary>
    public ErrorFields? Error { get; private set; }

    /// <summary>Looks at what came.</summary>
    /// <param name="buffer">The stream's bytes from its first on; those that were looked at before are the same.</param>
    /// <param name="end">How many there are.</param>
    /// <param name="isAll">Whether no more will come.</param>
    /// <returns>Whether it is known what the stream is; else more is to be waited for.</returns>
    public bool Look(byte[] buffer, int end, bool isAll)
    {
        while (buffer.AsSpan(_scanned, end - _scanned).IndexOfAny((byte)'\n', (byte)'\r') is >= 0 and var at)
        {
            var lineEnd = _scanned + at;
            if (_skipsLineFeed && lineEnd == _line && buffer[lineEnd] == '\n')
            {
                _skipsLineFeed = false;
                _line = _scanned = lineEnd + 1;
                continue;
            }

            var isEvent = _fields.Add(buffer, _line, lineEnd);
            _skipsLineFeed = buffer[lineEnd] == '\r';
            _line = _scanned = lineEnd + 1;
            if (isEvent && IsTold(buffer))
                return true;
        }

        _scanned = end;
        if (!isAll)
            return false;
        if (_line < end)
            _fields.Add(buffer, _line, end);
        if (_fields.EndEvent())
            IsTold(buffer);
        return true;
    }

    private bool IsTold(byte[] buffer)
    {
        var data = _fields.Data(buffer);
        _fields.Clear();

        // An error has the word in it, and what a response is opened by has it too, with nothing behind it.
        if (data.Span.IndexOf("\"error\""u8) < 0 && data.Span.IndexOf("\"response."u8) < 0)
            return true;
        try
        {
            var reader = new Utf8JsonReader(data.Span, JsonFormat.ReaderOptions);
            using var document = JsonDocument.ParseValue(ref reader);
            var root = document.RootElement;
            var type = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("type"u8, out var named) && named.ValueKind == JsonValueKind.String ? named.GetString() : null;
            if (type is "response.created" or "response.queued" or "response.in_progress")
            {
                IsOpened = true;
                return false;
            }

            if (type == "response.failed" && root.TryGetProperty("response"u8, out var response))
                Error = ErrorFields.Read(response);
            else if (ErrorFields.IsError(root))
                Error = ErrorFields.Read(root);
        }
        catch (JsonException)
        {
            // Whoever reads the stream says so.
        }

        return true;
    }
}
