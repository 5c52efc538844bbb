using System.Text.Json;
using AiGateway.Protocol;

namespace AiGateway.Responses;

/// <summary>The items that a response is sampled over, in order, and the documents that they live in.</summary>
internal sealed class ResponseContext : IDisposable
{
    private readonly List<InputItem> _items = [];
    private readonly List<JsonDocument> _documents = [];

    public IReadOnlyList<InputItem> Items => _items;

    public void Add(InputItem item) => _items.Add(item);

    /// <summary>Reads a kept item.</summary>
    public InputItem Parse(ReadOnlyMemory<byte> json) => ItemOf(Open(json).RootElement);

    /// <summary>Reads the output of a kept response.</summary>
    public IEnumerable<InputItem> ParseOutput(ReadOnlyMemory<byte> response) =>
        Open(response).RootElement.GetProperty("output"u8).EnumerateArray().Select(ItemOf);

    /// <summary>The item with an id; null where none of the context has it.</summary>
    public InputItem? Find(string id)
    {
        foreach (var item in _items)
        {
            if (item.Json.TryGetProperty("id"u8, out var own) && own.ValueKind == JsonValueKind.String && own.ValueEquals(id))
                return item;
        }

        return null;
    }

    /// <summary>The items as they are kept: copies, one JSON object each.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> ToStored() =>
        [.. _items.Select(item => (ReadOnlyMemory<byte>)JsonSerializer.SerializeToUtf8Bytes(item.Json, JsonFormat.SerializerOptions))];

    public void Dispose()
    {
        foreach (var document in _documents)
            document.Dispose();
    }

    private static InputItem ItemOf(JsonElement json) =>
        new(json.TryGetProperty("type"u8, out var type) && type.ValueKind == JsonValueKind.String ? type.GetString()! : "message", json);

    private JsonDocument Open(ReadOnlyMemory<byte> json)
    {
        var document = JsonDocument.Parse(json, JsonFormat.DocumentOptions);
        _documents.Add(document);
        return document;
    }
}
