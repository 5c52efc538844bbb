using System.Text.Json.Nodes;
using AiGateway.Protocol;

namespace AiGateway.Translation.NativeResponses;

/// <summary>Our ids for a provider's items: made once, and the same in every event and in the final object.</summary>
internal sealed class NativeIds(ItemIds ids)
{
    private readonly Dictionary<string, string> _ours = new(StringComparer.Ordinal);

    /// <summary>Our id for a provider's.</summary>
    /// <param name="theirs">The provider's id.</param>
    /// <param name="itemType">The item's type; null where only the id is known, as in a delta that comes before its item.</param>
    public string For(string theirs, string? itemType = null)
    {
        if (!_ours.TryGetValue(theirs, out var ours))
            _ours[theirs] = ours = ids.Next(itemType is null ? PrefixOf(theirs) : Ids.PrefixFor(itemType));
        return ours;
    }

    /// <summary>Puts our id on an item.</summary>
    /// <param name="item">The item, as the provider gave it.</param>
    /// <param name="place">Stands for the id of an item that has none: its place in the output.</param>
    public void Rename(JsonObject item, int place)
    {
        var type = item["type"]?.GetValue<string>();
        var theirs = item["id"] is JsonValue id && id.GetValueKind() == System.Text.Json.JsonValueKind.String ? id.GetValue<string>() : $"#{place}";
        item["id"] = For(theirs, type);
    }

    private static string PrefixOf(string theirs)
    {
        var end = theirs.IndexOf('_', StringComparison.Ordinal);
        return end is > 0 and < 6 ? theirs[..(end + 1)] : "item_";
    }
}
