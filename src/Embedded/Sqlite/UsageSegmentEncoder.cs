using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using AiGateway.Engine;

namespace AiGateway.Embedded.Sqlite;

/// <summary>
/// Packs records into a segment, some 40 bytes each: (1) the layout's version, (2) how many there are, and when the first of them began, (3) their texts, each
/// once, (4) what they have in common, (5) their ids, all of one length, (6) what is each one's own. Numbers are in base 128, the lowest first. Not thread-safe.
/// </summary>
internal sealed class UsageSegmentEncoder
{
    // Nine numbers of ten bytes at most, and two of one.
    private const int LongestRow = 128;

    private readonly ArrayBufferWriter<byte> _ids = new();
    private readonly ArrayBufferWriter<byte> _rows = new();
    private readonly ArrayBufferWriter<byte> _whole = new();
    private readonly List<string> _texts = [];
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly List<UsageShape> _shapes = [];
    private readonly Dictionary<UsageShape, int> _shapePlaces = [];
    private UsageShape _last;
    private int _lastPlace = -1;
    private string _lastPrefix = "";
    private int _lastPrefixPlace = -1;

    /// <summary>Packs records.</summary>
    /// <param name="records">The records.</param>
    /// <param name="firstAt">When the first of them began, in milliseconds since 1970.</param>
    /// <returns>The segment; good until the next.</returns>
    public ReadOnlyMemory<byte> Encode(ReadOnlySpan<UsageRecord> records, long firstAt)
    {
        Clear();
        foreach (var record in records)
        {
            AddId(record.Id);
            AddRow(record, firstAt);
        }

        Write(UsageSegment.Version);
        Write(records.Length);
        Write(firstAt);

        // Their texts are entered before the texts are written.
        var shapes = _shapes.ConvertAll(shape => (
            Shape: shape, Places: (int[])[Place(shape.Tenant), Place(shape.KeyId), Place(shape.Api), Place(shape.Model), Place(shape.Provider), Place(shape.ProviderModel), Place(shape.Outcome), Place(shape.ErrorCode)]));
        Write(_texts.Count);
        foreach (var text in _texts)
        {
            Write(Encoding.UTF8.GetByteCount(text));
            Encoding.UTF8.GetBytes(text, _whole);
        }

        Write(shapes.Count);
        foreach (var (shape, places) in shapes)
        {
            foreach (var place in places)
                Write(place);
            Write(shape.Status);
            Write(shape.Attempts);
        }

        _whole.Write(_ids.WrittenSpan);
        _whole.Write(_rows.WrittenSpan);
        return _whole.WrittenMemory;
    }

    private void Clear()
    {
        _ids.ResetWrittenCount();
        _rows.ResetWrittenCount();
        _whole.ResetWrittenCount();
        _texts.Clear();
        _places.Clear();
        _shapes.Clear();
        _shapePlaces.Clear();
        (_lastPlace, _lastPrefixPlace) = (-1, -1);
    }

    private void AddId(string id)
    {
        var entry = _ids.GetSpan(UsageSegment.IdLength)[..UsageSegment.IdLength];
        var prefix = UsageIds.Read(id, entry[1..]);
        if (prefix >= 0 && PlaceOfPrefix(id.AsSpan(0, prefix)) is var place and <= byte.MaxValue)
        {
            entry[0] = (byte)place;
        }
        else
        {
            // Of another's form, or of more kinds than fit a byte: its text's place instead.
            entry.Clear();
            BinaryPrimitives.WriteInt32LittleEndian(entry[1..], Place(id));
        }

        _ids.Advance(UsageSegment.IdLength);
    }

    private int PlaceOfPrefix(ReadOnlySpan<char> prefix)
    {
        if (_lastPrefixPlace < 0 || !prefix.SequenceEqual(_lastPrefix))
        {
            _lastPrefix = prefix.ToString();
            _lastPrefixPlace = Place(_lastPrefix);
        }

        return _lastPrefixPlace;
    }

    private void AddRow(UsageRecord record, long firstAt)
    {
        var row = _rows.GetSpan(LongestRow);
        var length = 0;
        Put(row, ref length, PlaceOfShape(record));
        row[length++] = (byte)((record.IsEstimated ? UsageSegment.Estimated : 0) | (record.IsStream ? UsageSegment.Stream : 0)
            | (record.IsCached ? UsageSegment.Cached : 0) | (record.FirstTokenMs is null ? 0 : UsageSegment.FirstToken));
        Put(row, ref length, SqliteValues.Time(record.StartedAt) - firstAt);
        Put(row, ref length, record.DurationMs);
        if (record.FirstTokenMs is { } first)
            Put(row, ref length, first);
        Put(row, ref length, record.InputTokens);
        Put(row, ref length, record.CachedTokens);
        Put(row, ref length, record.OutputTokens);
        Put(row, ref length, record.ReasoningTokens);
        Put(row, ref length, UsageRows.Money(record.Cost));
        _rows.Advance(length);
    }

    private int PlaceOfShape(UsageRecord record)
    {
        var shape = UsageShape.Of(record);
        if (_lastPlace >= 0 && shape == _last)
            return _lastPlace;
        if (!_shapePlaces.TryGetValue(shape, out var place))
        {
            place = _shapes.Count;
            _shapes.Add(shape);
            _shapePlaces.Add(shape, place);
        }

        (_last, _lastPlace) = (shape, place);
        return place;
    }

    // From 1; 0 is none.
    private int Place(string? text)
    {
        if (text is null)
            return 0;
        if (!_places.TryGetValue(text, out var place))
        {
            _texts.Add(text);
            _places.Add(text, place = _texts.Count);
        }

        return place;
    }

    private void Write(long number)
    {
        var length = 0;
        Put(_whole.GetSpan(10), ref length, number);
        _whole.Advance(length);
    }

    private static void Put(Span<byte> to, ref int length, long number)
    {
        var left = (ulong)number;
        for (; left >= 0x80; left >>= 7)
            to[length++] = (byte)(left | 0x80);
        to[length++] = (byte)left;
    }
}
