using System.Buffers;
using System.Text.Json;
using AiGateway.Protocol;
using AiGateway.Responses.Sealing;

namespace AiGateway.Responses.Compaction;

/// <summary>What a compaction item stands for, which clients carry sealed.</summary>
/// <param name="Kept">Items that were kept as they were and come before the summary: rules, and user messages.</param>
/// <param name="Summary">What the model made of the rest; null where there was no rest.</param>
/// <param name="Newest">Items that were kept as they were and come behind the summary: the turn that was the newest.</param>
/// <param name="CoversBefore">Whether it stands for everything before it in a context too, so that nothing of that is needed any more.</param>
internal sealed record CompactionContent(IReadOnlyList<InputItem> Kept, string? Summary, IReadOnlyList<InputItem> Newest, bool CoversBefore)
{
    /// <summary>The items, in order.</summary>
    public IEnumerable<InputItem> Items => [.. Kept, .. Summary is null ? [] : (InputItem[])[CompactionSummary.Of(Summary)], .. Newest];

    /// <summary>Seals it.</summary>
    /// <param name="sealer">Who seals.</param>
    /// <param name="tenant">Whose it is.</param>
    /// <returns>An item's <c>encrypted_content</c>.</returns>
    public string Seal(Sealer sealer, string? tenant)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, JsonFormat.WriterOptions))
        {
            json.WriteStartObject();
            Write(json, "kept"u8, Kept);
            if (Summary is not null)
                json.WriteString("summary"u8, Summary);
            Write(json, "newest"u8, Newest);
            json.WriteBoolean("covers_before"u8, CoversBefore);
            json.WriteEndObject();
        }

        return sealer.Seal(buffer.WrittenSpan, SealPurpose.Compaction, tenant);
    }

    /// <summary>Opens a compaction item of ours.</summary>
    /// <param name="item">The item.</param>
    /// <param name="sealer">Who opens.</param>
    /// <param name="tenant">Whose it must be.</param>
    /// <param name="param">Where its content stands in the request.</param>
    /// <exception cref="GatewayException">400 <c>invalid_encrypted_content</c>.</exception>
    public static CompactionContent Open(InputItem item, Sealer sealer, string? tenant, string param)
    {
        var text = ContextItems.Text(item, "encrypted_content"u8) ?? "";
        var payload = sealer.Open(text, SealPurpose.Compaction, tenant, ContextItems.Text(item, "id"u8), param);
        var root = JsonElement.Parse(payload, JsonFormat.DocumentOptions);
        return new CompactionContent(
            Read(root.GetProperty("kept"u8)),
            root.TryGetProperty("summary"u8, out var summary) ? summary.GetString() : null,
            Read(root.GetProperty("newest"u8)),
            root.GetProperty("covers_before"u8).GetBoolean());
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, IReadOnlyList<InputItem> items)
    {
        json.WriteStartArray(name);
        foreach (var item in items)
            item.Json.WriteTo(json);
        json.WriteEndArray();
    }

    private static InputItem[] Read(JsonElement items) =>
        [.. items.EnumerateArray().Select(json => new InputItem(
            json.TryGetProperty("type"u8, out var type) && type.ValueKind == JsonValueKind.String ? type.GetString()! : "message", json))];
}
