namespace AiGateway.Embedded.Sqlite;

/// <summary>How values stand in columns.</summary>
internal static class SqliteValues
{
    /// <summary>A tenant: empty for the one without keys, so that it differs from every name and still is a key.</summary>
    public static string Tenant(string? tenant) => tenant is null ? "" : "=" + tenant;

    /// <summary>The tenant of a column.</summary>
    public static string? TenantOf(string column) => column.Length == 0 ? null : column[1..];

    /// <summary>A time: milliseconds since 1970.</summary>
    public static long Time(DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    /// <summary>The time of a column.</summary>
    public static DateTimeOffset Time(long column) => DateTimeOffset.FromUnixTimeMilliseconds(column);

    /// <summary>Bytes; the array itself where the memory is the whole of one.</summary>
    public static byte[] Blob(ReadOnlyMemory<byte> memory) =>
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(memory, out var segment) && segment.Offset == 0 && segment.Count == segment.Array!.Length
            ? segment.Array
            : memory.ToArray();
}
