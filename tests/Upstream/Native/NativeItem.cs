using System.Text.Json.Nodes;

namespace AiGateway.Upstream;

/// <summary>One output item of a native response: how it opens, what it streams, how it ends.</summary>
public abstract record NativeItem
{
    /// <summary>Null: made from the response's number and the item's index.</summary>
    public string? Id { get; init; }

    internal abstract string IdPrefix { get; }

    /// <summary>As <c>output_item.added</c> has it: zero values.</summary>
    internal abstract JsonObject Opening(string id);

    /// <summary>As <c>output_item.done</c> and the output have it.</summary>
    internal abstract JsonObject Final(string id, string status);

    /// <summary>Everything between the two, without index and sequence number.</summary>
    internal abstract IEnumerable<JsonObject> Events(string id);

    private protected static JsonObject Event(string type, string itemId, string indexName, params (string Key, JsonNode? Value)[] fields)
    {
        var e = new JsonObject { ["type"] = type, ["item_id"] = itemId };
        if (indexName.Length > 0) e[indexName] = 0;
        foreach (var (key, value) in fields) e[key] = value;
        return e;
    }
}
