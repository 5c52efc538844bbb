using AiGateway.Protocol;
using AiGateway.Responses.Sealing;

namespace AiGateway.Responses.Compaction;

/// <summary>
/// Puts in the place of each compaction item what it stands for, whoever serves the model: no provider can open ours. A compaction item that is not ours stays:
/// the provider that made it may open it, and one that only speaks chat refuses it by its path.
/// </summary>
internal static class CompactedContext
{
    /// <summary>Whether there is anything to open.</summary>
    public static bool HasOurs(IReadOnlyList<InputItem> items)
    {
        foreach (var item in items)
        {
            if (IsOurs(item))
                return true;
        }

        return false;
    }

    /// <summary>Opens a context.</summary>
    /// <param name="items">The whole context, in order.</param>
    /// <param name="own">How many of the last items stand in the request itself: only these have a path.</param>
    /// <param name="sealer">Who opens.</param>
    /// <param name="tenant">Whose they must be.</param>
    /// <returns>What the model is to get. The elements of what was opened live as long as they are used.</returns>
    /// <exception cref="GatewayException">400 <c>invalid_encrypted_content</c>: one was changed, or is another tenant's.</exception>
    public static IReadOnlyList<InputItem> Open(IReadOnlyList<InputItem> items, int own, Sealer sealer, string? tenant)
    {
        var opened = new List<InputItem>(items.Count + 8);
        for (var i = 0; i < items.Count; i++)
        {
            if (!IsOurs(items[i]))
            {
                opened.Add(items[i]);
                continue;
            }

            var content = CompactionContent.Open(items[i], sealer, tenant, ParamOf(i - (items.Count - own)));
            if (content.CoversBefore)
                opened.Clear();
            opened.AddRange(content.Items);
        }

        return opened;
    }

    /// <summary>The path of the content of an item of the request's input; that of the input as a whole for an item that came from before it.</summary>
    public static string ParamOf(int index) => index < 0 ? "input" : $"input[{index}].encrypted_content";

    private static bool IsOurs(InputItem item) => item.Type == "compaction" && ContextItems.Text(item, "encrypted_content"u8) is { } text && Sealer.IsOurs(text);
}
