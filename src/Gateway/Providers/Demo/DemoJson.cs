using System.Text;
using System.Text.Json;
using AiGateway.Protocol;

namespace AiGateway.Providers.Demo;

/// <summary>Writes bodies and events.</summary>
internal static class DemoJson
{
    public static byte[] Body(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        Write(buffer, write);
        return buffer.ToArray();
    }

    /// <summary>An event.</summary>
    /// <param name="type">Its type; null for none.</param>
    /// <param name="write">Writes its data.</param>
    public static byte[] Frame(string? type, Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        if (type is not null)
            buffer.Write(Encoding.UTF8.GetBytes($"event: {type}\n"));
        buffer.Write("data: "u8);
        Write(buffer, write);
        buffer.Write("\n\n"u8);
        return buffer.ToArray();
    }

    private static void Write(MemoryStream buffer, Action<Utf8JsonWriter> write)
    {
        using var writer = new Utf8JsonWriter(buffer, JsonFormat.WriterOptions);
        writer.WriteStartObject();
        write(writer);
        writer.WriteEndObject();
    }
}
