using System.Buffers;
using System.Text;

namespace AiGateway.Providers.Events;

/// <summary>The fields of the event that is being read, line by line. Only <c>data</c> and <c>event</c> mean anything to the gateway.</summary>
internal sealed class EventFields
{
    private const string DefaultType = "message";

    private int _dataStart;
    private int _dataLength;
    private int _dataLines;
    private ArrayBufferWriter<byte>? _joined;
    private string? _type;
    private bool _isFirstLine = true;

    /// <summary>The event's type; <c>message</c> where none was named.</summary>
    public string Type => _type ?? DefaultType;

    /// <summary>Whether no field has been read.</summary>
    public bool IsEmpty => _dataLines == 0 && _type is null;

    /// <summary>The data.</summary>
    /// <param name="buffer">The buffer that the lines stand in.</param>
    public ReadOnlyMemory<byte> Data(byte[] buffer) =>
        _dataLines > 1 ? _joined!.WrittenMemory : buffer.AsMemory(_dataStart, _dataLength);

    /// <summary>Begins another event.</summary>
    public void Clear()
    {
        _dataLines = _dataLength = 0;
        _type = null;
    }

    /// <summary>Follows the buffer's bytes to the front.</summary>
    public void Move(int by) => _dataStart -= by;

    /// <summary>Reads a line.</summary>
    /// <param name="buffer">The buffer.</param>
    /// <param name="start">Where the line begins.</param>
    /// <param name="end">Where it ends, without its line end.</param>
    /// <returns>Whether it ended an event that has data.</returns>
    public bool Add(byte[] buffer, int start, int end)
    {
        if (_isFirstLine)
        {
            _isFirstLine = false;
            if (buffer.AsSpan(start, end - start).StartsWith("\uFEFF"u8))
                start += 3;
        }

        var line = buffer.AsSpan(start, end - start);
        if (line.IsEmpty)
            return EndEvent();
        if (line.StartsWith("data: "u8))
        {
            AddData(buffer, start + 6, end);
            return false;
        }

        var colon = line.IndexOf((byte)':');
        var name = colon < 0 ? line : line[..colon];
        var value = colon < 0 ? end : start + colon + 1;
        if (value < end && buffer[value] == ' ')
            value++;
        if (name.SequenceEqual("data"u8))
            AddData(buffer, value, end);
        else if (name.SequenceEqual("event"u8))
            _type = value == end ? null : Encoding.UTF8.GetString(buffer, value, end - value);
        return false;
    }

    /// <summary>A blank line, or the end of the body.</summary>
    /// <returns>Whether there is an event: one without data is none, and its type is forgotten.</returns>
    public bool EndEvent()
    {
        if (_dataLines > 0)
            return true;
        _type = null;
        return false;
    }

    private void AddData(byte[] buffer, int start, int end)
    {
        _dataLines++;
        if (_dataLines == 1)
        {
            (_dataStart, _dataLength) = (start, end - start);
            return;
        }

        var joined = _joined ??= new ArrayBufferWriter<byte>();
        if (_dataLines == 2)
        {
            joined.ResetWrittenCount();
            joined.Write(buffer.AsSpan(_dataStart, _dataLength));
        }

        joined.Write("\n"u8);
        joined.Write(buffer.AsSpan(start, end - start));
    }
}
