using System.Text;
using System.Text.Json;
using AiGateway.Protocol;

namespace AiGateway.Providers.Demo;

/// <summary>The conversation so far, as far as the demo follows it.</summary>
/// <param name="UserText">What the user said last; what anybody said last where no user did.</param>
/// <param name="ToolResults">The results of tools since then: the tool's name and what it returned.</param>
/// <param name="Tokens">The whole conversation's tokens.</param>
internal sealed record DemoMessages(string UserText, IReadOnlyList<(string Tool, string Result)> ToolResults, int Tokens)
{
    private const int TokensPerMessage = 4;
    private const int TokensPerMedia = 85;
    private static readonly string[] Roles = ["system", "developer", "user", "assistant", "tool", "function"];

    /// <summary>Reads a request's <c>messages</c>.</summary>
    /// <param name="messages">The field.</param>
    /// <exception cref="GatewayException">It is not a conversation.</exception>
    public static DemoMessages Read(JsonElement messages)
    {
        if (messages.ValueKind != JsonValueKind.Array)
            throw new GatewayException(GatewayErrors.WrongType("messages", "an array of objects", JsonKind.Of(messages)));
        if (messages.GetArrayLength() == 0)
            throw new GatewayException(GatewayErrors.Invalid("Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.", "messages", "empty_array"));

        string? user = null;
        var last = "";
        var tokens = 0;
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        var results = new List<(string, string)>();
        var index = 0;
        foreach (var message in messages.EnumerateArray())
        {
            var path = $"messages[{index++}]";
            var role = ReadRole(message, path);
            last = ReadContent(DemoBody.Find(message, "content"), path + ".content", ref tokens);
            tokens += TokensPerMessage + ReadCalls(message, names);
            if (role == "user")
            {
                user = last;
                results.Clear();
            }
            else if (role is "tool" or "function")
            {
                var id = DemoBody.Find(message, "tool_call_id") is { ValueKind: JsonValueKind.String } call ? call.GetString()! : "";
                results.Add((names.GetValueOrDefault(id, "tool"), last));
            }
        }

        return new DemoMessages(user ?? last, results, tokens);
    }

    private static string ReadRole(JsonElement message, string path)
    {
        if (message.ValueKind != JsonValueKind.Object)
            throw new GatewayException(GatewayErrors.WrongType(path, "an object", JsonKind.Of(message)));
        if (DemoBody.Find(message, "role") is not { } value)
            throw new GatewayException(GatewayErrors.Missing(path + ".role"));
        var role = DemoBody.AsText(value, path + ".role");
        return Roles.Contains(role, StringComparer.Ordinal)
            ? role
            : throw new GatewayException(GatewayErrors.WrongValue(path + ".role", $"Invalid value: '{role}'. Supported values are: {string.Join(", ", Roles.Select(r => $"'{r}'"))}."));
    }

    private static string ReadContent(JsonElement? content, string path, ref int tokens)
    {
        if (content is not { } value)
            return "";
        if (value.ValueKind == JsonValueKind.String)
        {
            tokens += DemoTokens.Count(value.GetString()!);
            return value.GetString()!;
        }

        if (value.ValueKind != JsonValueKind.Array)
            throw new GatewayException(GatewayErrors.WrongType(path, "a string or an array of objects", JsonKind.Of(value)));
        var text = new StringBuilder();
        var index = 0;
        foreach (var part in value.EnumerateArray())
        {
            var type = DemoBody.Find(part, "type") ?? throw new GatewayException(GatewayErrors.Missing($"{path}[{index}].type"));
            index++;
            var said = DemoBody.Find(part, "text") ?? DemoBody.Find(part, "refusal");
            if (said is not { ValueKind: JsonValueKind.String } words)
            {
                tokens += TokensPerMedia;
                text.Append(text.Length > 0 ? " " : "").Append('[').Append(type).Append(']');
                continue;
            }

            tokens += DemoTokens.Count(words.GetString()!);
            text.Append(text.Length > 0 ? " " : "").Append(words.GetString());
        }

        return text.ToString();
    }

    private static int ReadCalls(JsonElement message, Dictionary<string, string> names)
    {
        if (DemoBody.Find(message, "tool_calls") is not { ValueKind: JsonValueKind.Array } calls)
            return 0;
        var tokens = 0;
        foreach (var call in calls.EnumerateArray())
        {
            if (DemoBody.Find(call, "function") is not { } function)
                continue;
            tokens += DemoTokens.Count(function.GetRawText());
            if (DemoBody.Find(call, "id") is { ValueKind: JsonValueKind.String } id && DemoBody.Find(function, "name") is { ValueKind: JsonValueKind.String } name)
                names[id.GetString()!] = name.GetString()!;
        }

        return tokens;
    }
}
