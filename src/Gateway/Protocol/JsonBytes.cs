using System.Buffers;
using System.Text.Json;

namespace AiGateway.Protocol;

/// <summary>JSON made by a writer, as the bytes that go out.</summary>
internal static class JsonBytes
{
    /// <summary>Makes it.</summary>
    /// <param name="write">Writes one value.</param>
    /// <returns>UTF-8 JSON.</returns>
    public static ReadOnlyMemory<byte> Of(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, JsonFormat.WriterOptions))
            write(json);
        return buffer.WrittenMemory;
    }
}
