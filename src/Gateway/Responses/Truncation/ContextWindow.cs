using AiGateway.Protocol;
using AiGateway.Responses.Tokens;

namespace AiGateway.Responses.Truncation;

/// <summary>
/// Makes a context fit the model's window, where that is known, before the provider is called (<c>spec/responses.md</c> §17). With <c>truncation: "auto"</c>
/// the oldest items are left out until it does: never system and developer messages, never the newest turn, never a call without its output, nor reasoning
/// without what it led to. Without it, too much is an error.
/// </summary>
internal static class ContextWindow
{
    /// <summary>Makes a context fit.</summary>
    /// <param name="request">The request.</param>
    /// <param name="context">The whole context, in order.</param>
    /// <param name="window">How many tokens the model reads at most; null where that is not known.</param>
    /// <returns>What the model is to get: the same list where it fits.</returns>
    /// <exception cref="GatewayException">400 <c>context_length_exceeded</c>: it does not fit, or not even without all that may be left out.</exception>
    public static IReadOnlyList<InputItem> Fit(CreateResponse request, IReadOnlyList<InputItem> context, long? window)
    {
        if (window is not { } limit)
            return context;
        var sizes = context.Select(TokenEstimate.Of).ToArray();
        var tokens = TokenEstimate.Around(request) + sizes.Sum();
        if (tokens <= limit)
            return context;
        if (request.Truncation != "auto")
            throw TooLong(tokens, limit);

        var dropped = new bool[context.Count];
        var newest = ContextItems.NewestTurn(context);
        for (var i = 0; i < newest && tokens > limit; i++)
        {
            if (!dropped[i] && !ContextItems.IsRule(context[i]))
                tokens -= Drop(context, i, newest, sizes, dropped);
        }

        return tokens <= limit ? [.. context.Where((_, i) => !dropped[i])] : throw TooLong(tokens, limit);
    }

    /// <summary>Leaves an item out, with all that would be half of something without it.</summary>
    private static long Drop(IReadOnlyList<InputItem> context, int index, int newest, long[] sizes, bool[] dropped)
    {
        var end = index;
        while (end < newest - 1 && context[end].Type == "reasoning")
            end++;
        long saved = 0;
        for (var i = index; i <= end; i++)
        {
            // What follows the reasoning may be a rule, or gone already.
            if (dropped[i] || ContextItems.IsRule(context[i]))
                continue;
            saved += Leave(i);
            if (ContextItems.CallIdOf(context[i]) is not { } call)
                continue;
            for (var other = i + 1; other < context.Count; other++)
            {
                if (!dropped[other] && ContextItems.IsOutput(context[other]) && ContextItems.CallIdOf(context[other]) == call)
                    saved += Leave(other);
            }
        }

        return saved;

        long Leave(int i)
        {
            dropped[i] = true;
            return sizes[i];
        }
    }

    private static GatewayException TooLong(long tokens, long limit) => new(GatewayErrors.Invalid(
        $"Your input exceeds the context window of this model: about {tokens} tokens, of {limit}. Please shorten it, or set 'truncation' to 'auto'.",
        "input",
        "context_length_exceeded"));
}
