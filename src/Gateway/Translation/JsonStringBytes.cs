namespace AiGateway.Translation;

/// <summary>
/// Measures JSON strings as they stand in the bytes, escapes and all. Text that goes from one stream to another is copied,
/// and only its length is kept, to know later what a final event still has to add.
/// </summary>
internal static class JsonStringBytes
{
    /// <summary>How many UTF-16 units a string has. A unit, because an escaped pair may be split over two deltas.</summary>
    /// <param name="quoted">The string with its quotes.</param>
    public static int Units(ReadOnlySpan<byte> quoted) => Walk(quoted, int.MaxValue).Units;

    /// <summary>What is behind the first <paramref name="units"/> units, without the opening quote but with the closing one.</summary>
    public static ReadOnlySpan<byte> After(ReadOnlySpan<byte> quoted, int units) => quoted[Walk(quoted, units).Offset..];

    private static (int Units, int Offset) Walk(ReadOnlySpan<byte> quoted, int limit)
    {
        var (units, i) = (0, 1);
        while (i < quoted.Length - 1 && units < limit)
        {
            var b = quoted[i];
            if (b == '\\')
            {
                i += quoted[i + 1] == 'u' ? 6 : 2;
                units++;
            }
            else if (b < 0x80)
            {
                i++;
                units++;
            }
            else
            {
                i += b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : 2;
                units += b >= 0xF0 ? 2 : 1;
            }
        }

        return (units, Math.Min(i, quoted.Length - 1));
    }
}
