using System.Text.Json;
using System.Text.Json.Serialization;
using AiGateway.Engine;

namespace AiGateway.Embedded.Sqlite;

/// <summary>How a <see cref="RunRequest"/> stands in a column: as JSON.</summary>
internal static class StoredRequest
{
    /// <summary>The column of a request; null for none.</summary>
    public static byte[]? Write(RunRequest? request) =>
        request is null ? null : JsonSerializer.SerializeToUtf8Bytes(request, StoredRequestJson.Default.RunRequest);

    /// <summary>The request of a column; null for none.</summary>
    public static RunRequest? Read(byte[]? column) => column is null ? null : JsonSerializer.Deserialize(column, StoredRequestJson.Default.RunRequest);
}

[JsonSerializable(typeof(RunRequest))]
internal sealed partial class StoredRequestJson : JsonSerializerContext;
