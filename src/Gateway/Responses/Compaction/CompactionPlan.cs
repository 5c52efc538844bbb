using System.Runtime.InteropServices;
using AiGateway.Responses.Tokens;

namespace AiGateway.Responses.Compaction;

/// <summary>What of a context is kept as it is, and what is summarised.</summary>
/// <param name="Kept">Comes before the summary.</param>
/// <param name="Told">What the model that summarises is told: also what is kept of it, so that it understands the rest. Empty where nothing is left out.</param>
/// <param name="Newest">Comes behind the summary.</param>
internal sealed record CompactionPlan(IReadOnlyList<InputItem> Kept, IReadOnlyList<InputItem> Told, IReadOnlyList<InputItem> Newest)
{
    // A sealed item comes back as input, where it may have 20 Mi characters; in base64 it is a third longer than what is in it.
    private const long MaxKeptBytes = 15L * 1024 * 1024;

    /// <summary>Whether what is kept as it is can be sealed into one item: not where it holds very large images or files.</summary>
    public bool CanBeSealed => Kept.Concat(Newest).Sum(item => (long)JsonMarshal.GetRawUtf8Value(item.Json).Length) <= MaxKeptBytes;

    /// <summary>
    /// The plan for a compaction that a client asked for: the client gets the user messages themselves, rules and calls without an output are kept inside, the
    /// rest is summarised.
    /// </summary>
    /// <param name="opened">The context, with earlier compactions opened.</param>
    public static CompactionPlan Standalone(IReadOnlyList<InputItem> opened)
    {
        var isOpenCall = OpenCalls(opened);
        var told = opened.Where(item => !ContextItems.IsRule(item) && !isOpenCall(item)).ToList();
        return new CompactionPlan([.. opened.Where(ContextItems.IsRule)], told.TrueForAll(IsUserMessage) ? [] : told, [.. opened.Where(isOpenCall)]);
    }

    /// <summary>
    /// The plan for a compaction of everything there is, which is all that comes of its response: kept are rules, the latest user messages up to a bound, and
    /// calls without an output; the rest is summarised.
    /// </summary>
    /// <param name="opened">The context, with earlier compactions opened.</param>
    /// <param name="userTokens">How many tokens of user messages to keep at most.</param>
    public static CompactionPlan Whole(IReadOnlyList<InputItem> opened, long userTokens)
    {
        var isOpenCall = OpenCalls(opened);
        var before = opened.Where(item => !isOpenCall(item)).ToList();
        var keeps = Keeps(before, userTokens);
        return new CompactionPlan(
            [.. before.Where((_, i) => keeps[i])],
            Array.TrueForAll(keeps, kept => kept) ? [] : [.. before.Where(item => !ContextItems.IsRule(item))],
            [.. opened.Where(isOpenCall)]);
    }

    /// <summary>
    /// The plan for a compaction in the stream, which covers everything before it: kept are rules, the newest turn, and of the user messages before that the
    /// latest, up to a bound, so that the result is shorter whoever said most.
    /// </summary>
    /// <param name="opened">The context, with earlier compactions opened.</param>
    /// <param name="userTokens">How many tokens of earlier user messages to keep at most.</param>
    public static CompactionPlan InStream(IReadOnlyList<InputItem> opened, long userTokens)
    {
        var start = ContextItems.NewestTurn(opened);
        var keeps = Keeps([.. opened.Take(start)], userTokens);
        return new CompactionPlan(
            [.. opened.Take(start).Where((_, i) => keeps[i])],
            Array.TrueForAll(keeps, kept => kept) ? [] : [.. opened.Take(start).Where(item => !ContextItems.IsRule(item))],
            [.. opened.Skip(start)]);
    }

    // Rules, and the latest of what users said.
    private static bool[] Keeps(IReadOnlyList<InputItem> items, long userTokens)
    {
        var keeps = new bool[items.Count];
        for (var i = items.Count - 1; i >= 0; i--)
        {
            keeps[i] = ContextItems.IsRule(items[i]);
            if (!IsUserMessage(items[i]))
                continue;
            userTokens -= TokenEstimate.Of(items[i]);
            keeps[i] = userTokens >= 0;
        }

        return keeps;
    }

    private static Func<InputItem, bool> OpenCalls(IReadOnlyList<InputItem> items)
    {
        var answered = items.Where(ContextItems.IsOutput).Select(ContextItems.CallIdOf).ToHashSet(StringComparer.Ordinal);
        return item => ContextItems.IsCall(item) && !answered.Contains(ContextItems.CallIdOf(item));
    }

    /// <summary>Whether an item is what a user said, not what an earlier compaction did.</summary>
    public static bool IsUserMessage(InputItem item) => ContextItems.IsMessageOf(item, "user") && !CompactionSummary.Is(item);
}
