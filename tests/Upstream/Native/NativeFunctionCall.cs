using System.Text.Json.Nodes;

namespace AiGateway.Upstream;

/// <summary>A function call; its call id is the <see cref="ToolCall.Id"/>.</summary>
public sealed record NativeFunctionCall(ToolCall Call) : NativeItem
{
    /// <summary>Characters of arguments per delta.</summary>
    public int FragmentLength { get; init; } = 5;

    internal override string IdPrefix => "fc";

    internal override JsonObject Opening(string id) => Item(id, "in_progress", "");

    internal override JsonObject Final(string id, string status) => Item(id, status, Call.Arguments);

    internal override IEnumerable<JsonObject> Events(string id)
    {
        foreach (var piece in Words.By(Call.Arguments, FragmentLength))
            yield return Event("response.function_call_arguments.delta", id, "", ("delta", piece));
        yield return Event("response.function_call_arguments.done", id, "", ("arguments", Call.Arguments), ("name", Call.Name));
    }

    private JsonObject Item(string id, string status, string arguments) => new()
    {
        ["id"] = id,
        ["type"] = "function_call",
        ["status"] = status,
        ["arguments"] = arguments,
        ["call_id"] = Call.Id,
        ["name"] = Call.Name,
    };
}
