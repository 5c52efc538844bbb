using System.Buffers;
using System.Text.Json;
using AiGateway.Engine;
using AiGateway.Protocol;

namespace AiGateway.Responses;

/// <summary>The items that a response is sampled over, in order, and the documents that they live in: what was before, then the response's own input.</summary>
internal sealed class ResponseContext : IDisposable
{
    private readonly List<InputItem> _items = [];
    private readonly List<JsonDocument> _documents = [];
    private int _before;

    /// <summary>All items, in order.</summary>
    public IReadOnlyList<InputItem> Items => _items;

    /// <summary>The response's own input: the last of <see cref="Items"/>.</summary>
    public IEnumerable<InputItem> Own => _items.Skip(_before);

    /// <summary>How many items are the response's own input.</summary>
    public int OwnCount => _items.Count - _before;

    /// <summary>Whether something was before: a chain, or a conversation.</summary>
    public bool HasHistory => _before > 0;

    /// <summary>Whether what was before is part of the own input, since it is kept nowhere else.</summary>
    public bool HoldsPrevious { get; private set; }

    /// <summary>The place of the last item of the conversation; 0 where there is none.</summary>
    public long ConversationPosition { get; set; }

    /// <summary>Adds an item of the response's own input.</summary>
    public void Add(InputItem item) => _items.Add(item);

    /// <summary>Adds an item that was before. To be done before any of the own input is added.</summary>
    public void AddBefore(InputItem item)
    {
        _items.Add(item);
        _before = _items.Count;
    }

    /// <summary>Adds a kept response's own input.</summary>
    public void AddInput(StoredResponse response)
    {
        foreach (var item in Open(response.Input).RootElement.EnumerateArray())
            AddBefore(ItemOf(item));
    }

    /// <summary>Adds a kept response: its own input, then its output.</summary>
    public void AddBefore(StoredResponse response)
    {
        AddInput(response);
        foreach (var item in Open(response.Body).RootElement.GetProperty("output"u8).EnumerateArray())
            AddBefore(ItemOf(item));
    }

    /// <summary>Adds what a connection remembers of the response that is continued.</summary>
    /// <param name="items">A JSON array of items; not changed afterwards.</param>
    /// <param name="asOwn">Whether they are to be part of the response's own input: it is kept, and what it continues is not.</param>
    public void AddRemembered(ReadOnlyMemory<byte> items, bool asOwn)
    {
        HoldsPrevious = asOwn;
        foreach (var item in Open(items).RootElement.EnumerateArray())
        {
            if (asOwn)
                Add(ItemOf(item));
            else
                AddBefore(ItemOf(item));
        }
    }

    /// <summary>Reads a kept item.</summary>
    public InputItem Parse(ReadOnlyMemory<byte> json) => ItemOf(Open(json).RootElement);

    /// <summary>The item with an id; null where none of the context has it.</summary>
    public InputItem? Find(string id)
    {
        foreach (var item in _items)
        {
            if (HasId(item.Json, id))
                return item;
        }

        return null;
    }

    /// <summary>The own input as it is kept: a JSON array, each item with its type and an id; the client's own id, or else one of ours.</summary>
    /// <param name="ids">Gives the ids.</param>
    public ReadOnlyMemory<byte> OwnToStored(ItemIds ids)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, JsonFormat.WriterOptions))
        {
            json.WriteStartArray();
            foreach (var item in Own)
                WriteStored(json, item, ids);
            json.WriteEndArray();
        }

        return buffer.WrittenMemory;
    }

    public void Dispose()
    {
        foreach (var document in _documents)
            document.Dispose();
    }

    private static void WriteStored(Utf8JsonWriter json, InputItem item, ItemIds ids)
    {
        var ours = ids.Next(Ids.PrefixFor(item.Type));
        json.WriteStartObject();
        json.WriteString("id"u8, item.Json.TryGetProperty("id"u8, out var id) && id.ValueKind == JsonValueKind.String ? id.GetString() : ours);
        json.WriteString("type"u8, item.Type);
        foreach (var member in item.Json.EnumerateObject())
        {
            if (!member.NameEquals("id"u8) && !member.NameEquals("type"u8))
                member.WriteTo(json);
        }

        json.WriteEndObject();
    }

    private static bool HasId(JsonElement item, string id) =>
        item.TryGetProperty("id"u8, out var own) && own.ValueKind == JsonValueKind.String && own.ValueEquals(id);

    /// <summary>A kept item, with its type.</summary>
    public static InputItem ItemOf(JsonElement json) =>
        new(json.TryGetProperty("type"u8, out var type) && type.ValueKind == JsonValueKind.String ? type.GetString()! : "message", json);

    private JsonDocument Open(ReadOnlyMemory<byte> json)
    {
        var document = JsonDocument.Parse(json, JsonFormat.DocumentOptions);
        _documents.Add(document);
        return document;
    }
}
