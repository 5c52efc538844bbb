namespace AiGateway.Bench.Compare.Wire;

/// <summary>Takes the chunk framing off a body that arrives in pieces.</summary>
internal sealed class ChunkedDecoder
{
    private enum Part
    {
        Size,
        SizeRest,
        Data,
        DataEnd,
        Trailer,
        Done,
    }

    private Part _part;
    private int _left;
    private int _lineLength;

    public bool IsDone => _part == Part.Done;

    public void Reset() => (_part, _left, _lineLength) = (Part.Size, 0, 0);

    public void Feed(ReadOnlySpan<byte> piece, GrowingBuffer body)
    {
        while (!piece.IsEmpty)
        {
            if (_part == Part.Data)
            {
                var count = Math.Min(_left, piece.Length);
                body.Append(piece[..count]);
                piece = piece[count..];
                if ((_left -= count) == 0)
                    _part = Part.DataEnd;
                continue;
            }

            Step(piece[0]);
            piece = piece[1..];
        }
    }

    private void Step(byte value)
    {
        switch (_part)
        {
            case Part.Size when char.IsAsciiHexDigit((char)value):
                _left = checked((_left * 16) + (value <= '9' ? value - '0' : (value | 0x20) - 'a' + 10));
                break;
            case Part.Size or Part.SizeRest when value == '\n':
                _part = _left == 0 ? Part.Trailer : Part.Data;
                _lineLength = 0;
                break;
            case Part.Size:
                _part = Part.SizeRest;
                break;
            case Part.DataEnd when value == '\n':
                _part = Part.Size;
                break;
            case Part.Trailer when value == '\n':
                _part = _lineLength == 0 ? Part.Done : Part.Trailer;
                _lineLength = 0;
                break;
            case Part.Trailer when value != '\r':
                _lineLength++;
                break;
            case Part.Done:
                throw new InvalidDataException("bytes after the end of a chunked body");
            default:
                break;
        }
    }
}
