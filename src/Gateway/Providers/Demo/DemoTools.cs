using System.Text.Json;
using AiGateway.Protocol;

namespace AiGateway.Providers.Demo;

/// <summary>The functions that a request offers, and which of them the demo may and must call.</summary>
internal sealed record DemoTools
{
    private readonly List<DemoTool> _tools = [];

    private string? Named { get; init; }

    private bool Forbidden { get; init; }

    private bool Parallel { get; init; } = true;

    /// <summary>What the tools cost of the prompt, in tokens.</summary>
    public int Tokens { get; private init; }

    /// <summary>Reads a request's <c>tools</c>, <c>tool_choice</c> and <c>parallel_tool_calls</c>.</summary>
    /// <param name="body">The request.</param>
    /// <exception cref="GatewayException">They are not the API's, or do not fit together.</exception>
    public static DemoTools Read(DemoBody body)
    {
        var tools = body.Find("tools") is { } list ? ReadTools(list) : [];
        var (named, allowed, forbidden) = ReadChoice(body.Find("tool_choice"), tools);
        if (allowed is not null)
            tools.RemoveAll(t => !allowed.Contains(t.Name));
        var result = new DemoTools
        {
            Named = named,
            Forbidden = forbidden,
            Parallel = body.Find("parallel_tool_calls") is null || body.Flag("parallel_tool_calls"),
            Tokens = body.Find("tools") is { } counted ? DemoTokens.Count(counted.GetRawText()) : 0,
        };
        result._tools.AddRange(tools);
        return result;
    }

    /// <summary>The tools that the demo calls: the named one; those that the user mentions; otherwise the first.</summary>
    /// <param name="userText">What the user said.</param>
    public IReadOnlyList<DemoTool> ToCall(string userText)
    {
        if (Forbidden || _tools.Count == 0)
            return [];
        if (Named is not null)
            return [_tools.First(t => t.Name == Named)];
        var mentioned = _tools.FindAll(t => userText.Contains(t.Name, StringComparison.OrdinalIgnoreCase));
        if (mentioned.Count == 0)
            return [_tools[0]];
        return Parallel ? mentioned : [mentioned[0]];
    }

    private static List<DemoTool> ReadTools(JsonElement list)
    {
        if (list.ValueKind != JsonValueKind.Array)
            throw new GatewayException(GatewayErrors.WrongType("tools", "an array of objects", JsonKind.Of(list)));
        var tools = new List<DemoTool>();
        var index = 0;
        foreach (var tool in list.EnumerateArray())
        {
            var path = $"tools[{index++}]";
            if (DemoBody.Find(tool, "type") is not { } type)
                throw new GatewayException(GatewayErrors.Missing(path + ".type"));
            if (!type.ValueEquals("function"u8))
                continue;
            if (DemoBody.Find(tool, "function") is not { } function)
                throw new GatewayException(GatewayErrors.Missing(path + ".function"));
            if (DemoBody.Find(function, "name") is not { } name)
                throw new GatewayException(GatewayErrors.Missing(path + ".function.name"));
            tools.Add(new DemoTool(DemoBody.AsText(name, path + ".function.name"), DemoBody.Find(function, "parameters")));
        }

        return tools;
    }

    private static (string? Named, HashSet<string>? Allowed, bool Forbidden) ReadChoice(JsonElement? choice, List<DemoTool> tools)
    {
        if (choice is not { } value)
            return default;
        if (value.ValueKind == JsonValueKind.String)
        {
            return value.GetString() switch
            {
                "none" => (null, null, true),
                "auto" => default,
                "required" when tools.Count > 0 => default,
                "required" => throw new GatewayException(GatewayErrors.WrongValue("tool_choice", "'tool_choice' is only allowed when 'tools' are specified.")),
                var other => throw new GatewayException(GatewayErrors.WrongValue("tool_choice", $"Invalid value: '{other}'. Supported values are: 'none', 'auto', and 'required'.")),
            };
        }

        if (DemoBody.Find(value, "allowed_tools") is { } allowed && DemoBody.Find(allowed, "tools") is { ValueKind: JsonValueKind.Array } list)
            return (null, [.. list.EnumerateArray().Select(t => Name(t) ?? "")], false);
        var name = Name(value) ?? throw new GatewayException(GatewayErrors.Missing("tool_choice.function.name"));
        return tools.Exists(t => t.Name == name)
            ? (name, null, false)
            : throw new GatewayException(GatewayErrors.WrongValue("tool_choice", $"Tool choice '{name}' not found in 'tools' parameter."));
    }

    private static string? Name(JsonElement tool) =>
        DemoBody.Find(tool, "function") is { } function && DemoBody.Find(function, "name") is { ValueKind: JsonValueKind.String } name
            ? name.GetString()
            : null;
}
