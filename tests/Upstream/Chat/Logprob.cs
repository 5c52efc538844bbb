using System.Text;
using System.Text.Json.Nodes;

namespace AiGateway.Upstream;

/// <summary>Log probabilities that are made up but of the right shape.</summary>
internal static class Logprob
{
    public static JsonObject Chat(IEnumerable<string> tokens) => new() { ["content"] = Entries(tokens), ["refusal"] = null };

    public static JsonArray Entries(IEnumerable<string> tokens) => WireJson.Array(tokens.Select(token =>
    {
        var entry = Entry(token);
        entry["top_logprobs"] = new JsonArray(Entry(token));
        return entry;
    }));

    private static JsonObject Entry(string token) => new()
    {
        ["token"] = token,
        ["logprob"] = -0.25,
        ["bytes"] = WireJson.Array(Encoding.UTF8.GetBytes(token).Select(b => JsonValue.Create((int)b))),
    };
}
