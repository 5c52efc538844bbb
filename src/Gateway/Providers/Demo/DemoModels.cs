using System.Text.Json;
using AiGateway.Protocol;

namespace AiGateway.Providers.Demo;

/// <summary>The demo's models: one, named <c>demo</c>.</summary>
internal static class DemoModels
{
    public const string Model = "demo";
    private const long Created = 1735689600; // 2025-01-01

    /// <summary>Writes the list, or one model.</summary>
    /// <param name="id">The model asked for; null for the list.</param>
    /// <exception cref="GatewayException">There is no such model.</exception>
    public static byte[] Write(string? id)
    {
        if (id is null)
        {
            return DemoJson.Body(writer =>
            {
                writer.WriteString("object"u8, "list"u8);
                writer.WriteStartArray("data"u8);
                writer.WriteStartObject();
                WriteFields(writer);
                writer.WriteEndObject();
                writer.WriteEndArray();
            });
        }

        return id == Model ? DemoJson.Body(WriteFields) : throw new GatewayException(GatewayErrors.ModelNotFound(id));
    }

    private static void WriteFields(Utf8JsonWriter writer)
    {
        writer.WriteString("id"u8, Model);
        writer.WriteString("object"u8, "model"u8);
        writer.WriteNumber("created"u8, Created);
        writer.WriteString("owned_by"u8, "aigateway"u8);
    }
}
