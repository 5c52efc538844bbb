using System.Text.Json;

namespace AiGateway.Protocol;

/// <summary>
/// What the gateway needs of a provider's JSON object (a whole answer or one chunk), found in one pass: where its top-level <c>model</c>,
/// <c>id</c> and <c>usage</c> stand, so that they can be spliced, and whether it is an error.
/// </summary>
internal readonly struct BodyScan
{
    /// <summary>The value of <c>model</c>, quotes included; empty where it is absent or no string.</summary>
    public Range Model { get; private init; }

    /// <summary>The value of <c>id</c>; empty where absent. <see cref="IdPlace"/> says where one would stand.</summary>
    public Range Id { get; private init; }

    /// <summary>Where an id goes that is absent: the offset behind the opening brace; 0 where there is neither a model nor choices.</summary>
    public int IdPlace { get; private init; }

    /// <summary>The value of <c>usage</c>; empty where it is absent or no object.</summary>
    public Range UsageValue { get; private init; }

    /// <summary>The member <c>usage</c> with the comma that goes with it, ready to be cut out; empty where absent.</summary>
    public Range UsageMember { get; private init; }

    /// <summary>The counts; null where usage is absent or null.</summary>
    public TokenUsage? Usage { get; private init; }

    /// <summary>Whether <c>choices</c> is there and empty, as in the chunk that only carries usage.</summary>
    public bool HasEmptyChoices { get; private init; }

    /// <summary>Whether there is a top-level <c>error</c> that is not null.</summary>
    public bool IsError { get; private init; }

    /// <summary>Reads an object.</summary>
    /// <param name="json">UTF-8 JSON.</param>
    /// <param name="scan">What was found.</param>
    /// <returns>Whether it is a JSON object, whole and alone.</returns>
    public static bool TryScan(ReadOnlySpan<byte> json, out BodyScan scan)
    {
        try
        {
            return ScanCore(json, out scan);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            scan = default;
            return false;
        }
    }

    private static bool ScanCore(ReadOnlySpan<byte> json, out BodyScan scan)
    {
        scan = default;
        var reader = new Utf8JsonReader(json, JsonFormat.ReaderOptions);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return false;

        Range model = default, id = default, usageValue = default, usageMember = default;
        TokenUsage? usage = null;
        bool emptyChoices = false, isError = false;
        var open = (int)reader.BytesConsumed;
        var previousEnd = open;
        bool first = true, hasOthers = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("model"u8))
            {
                reader.Read();
                hasOthers = true;
                if (reader.TokenType == JsonTokenType.String)
                    model = (int)reader.TokenStartIndex..(int)reader.BytesConsumed;
                reader.Skip();
            }
            else if (reader.ValueTextEquals("id"u8))
            {
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                id = start..(int)reader.BytesConsumed;
            }
            else if (reader.ValueTextEquals("usage"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.StartObject)
                {
                    var start = (int)reader.TokenStartIndex;
                    usage = UsageReader.Read(ref reader);
                    usageValue = start..(int)reader.BytesConsumed;
                }

                reader.Skip();
                usageMember = MemberRange(json, previousEnd, (int)reader.BytesConsumed, first);
            }
            else if (reader.ValueTextEquals("choices"u8))
            {
                hasOthers = true;
                reader.Read();
                if (reader.TokenType == JsonTokenType.StartArray)
                {
                    var start = reader;
                    start.Read();
                    emptyChoices = start.TokenType == JsonTokenType.EndArray;
                }

                reader.Skip();
            }
            else if (reader.ValueTextEquals("error"u8))
            {
                reader.Read();
                isError = reader.TokenType != JsonTokenType.Null;
                reader.Skip();
            }
            else
            {
                reader.Skip();
            }

            previousEnd = (int)reader.BytesConsumed;
            first = false;
        }

        if (reader.TokenType != JsonTokenType.EndObject || reader.CurrentDepth != 0 || reader.Read())
            return false;
        scan = new BodyScan
        {
            Model = model,
            Id = id,
            IdPlace = hasOthers ? open : 0,
            UsageValue = usageValue,
            UsageMember = usageMember,
            Usage = usage,
            HasEmptyChoices = emptyChoices,
            IsError = isError,
        };
        return true;
    }

    // From the end of the member before, so that its comma goes too; the first member takes the comma behind it instead.
    private static Range MemberRange(ReadOnlySpan<byte> json, int previousEnd, int end, bool first)
    {
        if (!first)
            return previousEnd..end;
        while (end < json.Length && json[end] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            end++;
        return previousEnd..(end < json.Length && json[end] == (byte)',' ? end + 1 : end);
    }
}
