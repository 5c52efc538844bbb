using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AiGateway.Protocol;

/// <summary>How the gateway reads and writes JSON: one set of options, so that the same value gives the same bytes everywhere.</summary>
public static class JsonFormat
{
    /// <summary>How deep a body may nest. Deeper is a 400: no API here needs it, and recursion must be bounded.</summary>
    public const int MaxDepth = 64;

    /// <summary>Readers of request and provider bodies: strict JSON, bounded depth.</summary>
    public static JsonReaderOptions ReaderOptions { get; } = new() { MaxDepth = MaxDepth };

    /// <summary>Documents: as <see cref="ReaderOptions"/>.</summary>
    public static JsonDocumentOptions DocumentOptions { get; } = new() { MaxDepth = MaxDepth };

    /// <summary>Documents that become mutable objects, which cannot hold a name twice: a body that does is an error.</summary>
    public static JsonDocumentOptions NodeDocumentOptions { get; } = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    /// <summary>Nodes: property names are case-sensitive.</summary>
    public static JsonNodeOptions NodeOptions { get; } = new() { PropertyNameCaseInsensitive = false };

    /// <summary>
    /// Writers: compact, and escaping only what JSON itself demands, since the answer is
    /// <c>application/json</c> and never HTML. Not validated: the writers here are ours.
    /// </summary>
    public static JsonWriterOptions WriterOptions { get; } = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
        MaxDepth = 2 * MaxDepth,
    };

    /// <summary>Serialization of nodes and records: as <see cref="WriterOptions"/>.</summary>
    public static JsonSerializerOptions SerializerOptions { get; } = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = 2 * MaxDepth,
    };
}
