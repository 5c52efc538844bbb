using System.Text.Json;
using AiGateway.Hooks;
using AiGateway.Protocol;
using AiGateway.Responses.Parsing;

namespace AiGateway.Pipeline;

/// <summary>Metadata as it is kept, and the body that puts other metadata in its place.</summary>
internal static class MetadataUpdate
{
    /// <summary>Reads the metadata of a new object.</summary>
    /// <param name="root">The body.</param>
    /// <returns>UTF-8 JSON: an object, empty where there is none.</returns>
    /// <exception cref="GatewayException">400: it is wrong.</exception>
    public static ReadOnlyMemory<byte> Read(FieldReader root) =>
        MetadataParser.Read(root) is { } metadata ? JsonSerializer.SerializeToUtf8Bytes(metadata, JsonFormat.SerializerOptions) : "{}"u8.ToArray();

    /// <summary>Reads an update, which has to name its metadata; null is none.</summary>
    /// <param name="call">The call.</param>
    /// <returns>UTF-8 JSON: an object.</returns>
    /// <exception cref="GatewayException">400: it is missing or wrong.</exception>
    public static ReadOnlyMemory<byte> Read(GatewayCall call)
    {
        using var document = RequestDocument.Parse(call.Request.Utf8);
        var root = new FieldReader(document.RootElement, default);
        return document.RootElement.TryGetProperty("metadata"u8, out _) ? Read(root) : throw root.Missing("metadata");
    }
}
