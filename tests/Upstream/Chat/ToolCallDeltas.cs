using System.Text.Json.Nodes;

namespace AiGateway.Upstream;

/// <summary>Tool calls as deltas of a chat stream, in the provider's style.</summary>
internal static class ToolCallDeltas
{
    public static IEnumerable<JsonObject> Of(IReadOnlyList<ToolCall> calls, ToolCallStyle style)
    {
        var fragments = calls.Select((call, index) => Fragments(call, index, style).ToList()).ToList();
        if (style.OneChunk) return [Delta([.. fragments.SelectMany(f => f)])];
        if (!style.TakeTurns) return fragments.SelectMany(f => f).Select(f => Delta(f));
        var longest = fragments.Max(f => f.Count);
        return Enumerable.Range(0, longest).SelectMany(turn => fragments.Where(f => turn < f.Count).Select(f => Delta(f[turn])));
    }

    private static JsonObject Delta(params JsonObject[] fragments) => new() { ["tool_calls"] = WireJson.Array(fragments) };

    private static IEnumerable<JsonObject> Fragments(ToolCall call, int index, ToolCallStyle style)
    {
        if (style.FragmentLength is not { } length)
        {
            yield return Fragment(call, index, style, call.Arguments, named: true);
            yield break;
        }

        yield return Fragment(call, index, style, "", named: true);
        foreach (var piece in Words.By(call.Arguments, length)) yield return Fragment(call, index, style, piece, style.RepeatId);
    }

    private static JsonObject Fragment(ToolCall call, int index, ToolCallStyle style, string arguments, bool named)
    {
        var fragment = new JsonObject();
        if (style.WithIndex) fragment["index"] = index;
        var function = new JsonObject();
        if (named)
        {
            fragment["id"] = call.Id;
            fragment["type"] = "function";
            function["name"] = call.Name;
        }

        function["arguments"] = arguments;
        fragment["function"] = function;
        return fragment;
    }
}
