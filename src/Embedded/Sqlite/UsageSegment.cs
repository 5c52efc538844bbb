using System.Buffers.Binary;
using System.Text;
using AiGateway.Engine;

namespace AiGateway.Embedded.Sqlite;

/// <summary>Reads a segment, as <see cref="UsageSegmentEncoder"/> lays it out: the next record is on it after each <see cref="Read"/>.</summary>
internal ref struct UsageSegment
{
    public const int Version = 1;

    /// <summary>An id's prefix and its bytes; or 0, and the place of its text.</summary>
    public const int IdLength = 1 + UsageIds.Bytes;

    public const int Estimated = 1;
    public const int Stream = 2;
    public const int Cached = 4;
    public const int FirstToken = 8;

    private readonly ReadOnlySpan<byte> _ids;
    private readonly string[] _texts;
    private readonly long _firstAt;
    private ReadOnlySpan<byte> _left;
    private int _next;
    private int _flags;

    /// <summary>Begins.</summary>
    /// <param name="body">The segment.</param>
    /// <exception cref="InvalidDataException">It is of a layout that is not known.</exception>
    public UsageSegment(ReadOnlySpan<byte> body)
    {
        _left = body;
        if (Number() != Version)
            throw new InvalidDataException("A segment of usage is of an unknown layout.");
        Count = (int)Number();
        _firstAt = Number();
        _texts = new string[(int)Number()];
        for (var i = 0; i < _texts.Length; i++)
            _texts[i] = Encoding.UTF8.GetString(Take((int)Number()));
        Shapes = new UsageShape[(int)Number()];
        for (var i = 0; i < Shapes.Length; i++)
            Shapes[i] = new UsageShape(Text(), Text(), Text()!, Text(), Text(), Text(), Text()!, Text(), (int)Number(), (int)Number());
        _ids = Take(Count * IdLength);
    }

    /// <summary>How many records there are.</summary>
    public int Count { get; }

    /// <summary>What they have in common.</summary>
    public UsageShape[] Shapes { get; }

    /// <summary>Which of <see cref="Shapes"/> the record has.</summary>
    public int Shape { get; private set; }

    /// <summary>When its call began, in milliseconds since 1970.</summary>
    public long StartedAt { get; private set; }

    public long DurationMs { get; private set; }

    public long FirstTokenMs { get; private set; }

    public long InputTokens { get; private set; }

    public long CachedTokens { get; private set; }

    public long OutputTokens { get; private set; }

    public long ReasoningTokens { get; private set; }

    /// <summary>What it cost, in billionths.</summary>
    public long Cost { get; private set; }

    public readonly bool IsEstimated => (_flags & Estimated) != 0;

    /// <summary>Its id.</summary>
    public readonly string Id
    {
        get
        {
            var entry = _ids.Slice((_next - 1) * IdLength, IdLength);
            return entry[0] == 0 ? _texts[BinaryPrimitives.ReadInt32LittleEndian(entry[1..]) - 1] : UsageIds.Write(_texts[entry[0] - 1], entry[1..]);
        }
    }

    /// <summary>Whether a record has an id.</summary>
    public readonly bool Has(string id)
    {
        Span<byte> entry = stackalloc byte[IdLength];
        entry.Clear();
        var prefix = UsageIds.Read(id, entry[1..]);
        var place = prefix < 0 ? 0 : Array.IndexOf(_texts, id[..prefix]) + 1;
        if (place is > 0 and <= byte.MaxValue)
        {
            entry[0] = (byte)place;
        }
        else
        {
            entry.Clear();
            BinaryPrimitives.WriteInt32LittleEndian(entry[1..], Array.IndexOf(_texts, id) + 1);
            if (entry[1..].IndexOfAnyExcept((byte)0) < 0)
                return false;
        }

        for (var i = 0; _ids[i..].IndexOf(entry) is var at and >= 0; i += at + 1)
        {
            if ((i + at) % IdLength == 0)
                return true;
        }

        return false;
    }

    /// <summary>Goes on to the next record.</summary>
    /// <returns>False behind the last.</returns>
    public bool Read()
    {
        if (_next == Count)
            return false;
        _next++;
        Shape = (int)Number();
        _flags = (int)Number();
        StartedAt = _firstAt + Number();
        DurationMs = Number();
        FirstTokenMs = (_flags & FirstToken) == 0 ? 0 : Number();
        InputTokens = Number();
        CachedTokens = Number();
        OutputTokens = Number();
        ReasoningTokens = Number();
        Cost = Number();
        return true;
    }

    /// <summary>The record.</summary>
    public readonly UsageRecord ToRecord() => Shapes[Shape].ToRecord(StartedAt) with
    {
        Id = Id,
        DurationMs = DurationMs,
        FirstTokenMs = (_flags & FirstToken) == 0 ? null : FirstTokenMs,
        InputTokens = InputTokens,
        CachedTokens = CachedTokens,
        OutputTokens = OutputTokens,
        ReasoningTokens = ReasoningTokens,
        IsEstimated = IsEstimated,
        Cost = UsageRows.Money(Cost),
        IsStream = (_flags & Stream) != 0,
        IsCached = (_flags & Cached) != 0,
    };

    private ReadOnlySpan<byte> Take(int length)
    {
        var taken = _left[..length];
        _left = _left[length..];
        return taken;
    }

    private string? Text() => Number() is var place && place == 0 ? null : _texts[(int)place - 1];

    private long Number()
    {
        ulong number = 0;
        for (var i = 0; ; i++)
        {
            var part = _left[i];
            number |= (ulong)(part & 0x7F) << (7 * i);
            if (part >= 0x80)
                continue;
            _left = _left[(i + 1)..];
            return (long)number;
        }
    }
}
