using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using AiGateway.Upstream;

namespace AiGateway.EndToEnd.Tests.Durability.Driver;

/// <summary>
/// A model that says what it is asked to: <c>say r17 40 5</c> gets forty words <c>r17:0 r17:1 …</c>, one each five milliseconds; with <c>hold</c> behind
/// it, it then says nothing more until its caller leaves.
/// </summary>
internal static class Talk
{
    public const string ChatModel = "talk-chat";
    public const string NativeModel = "talk-native";

    private const string ChatPath = "/chat/v1";
    private const string NativePath = "/native/v1";

    /// <summary>The gateway's settings in front of such a model, which speaks both APIs.</summary>
    public static object Settings(ScriptedUpstream upstream, object? storage = null) => new
    {
        Storage = storage ?? new { Path = "data/aigateway.db" },
        Responses = new { MaxRunning = 12, DrainTimeout = "00:00:01" },
        Providers = new object[]
        {
            new { Name = "chat", BaseUrl = upstream.WithPath(ChatPath), ApiKey = "sk-upstream-secret", Apis = new[] { "chat" } },
            new { Name = "native", BaseUrl = upstream.WithPath(NativePath), ApiKey = "sk-upstream-secret", Apis = new[] { "responses" } },
        },
        Models = new object[] { new { Name = ChatModel, Provider = "chat" }, new { Name = NativeModel, Provider = "native" } },
    };

    /// <summary>Has the upstream be that model, and notes what it was asked by the names of the requests.</summary>
    /// <param name="upstream">The upstream.</param>
    /// <param name="seen">Told of each request before it is answered; null for nobody.</param>
    public static ConcurrentDictionary<string, ConcurrentBag<ReceivedRequest>> PlayAt(ScriptedUpstream upstream, Action<ReceivedRequest>? seen = null)
    {
        var asked = new ConcurrentDictionary<string, ConcurrentBag<ReceivedRequest>>(StringComparer.Ordinal);
        upstream.Always(Script.By(request =>
        {
            seen?.Invoke(request);
            var order = Last(request);
            asked.GetOrAdd(order.Name, _ => []).Add(request);
            string[] words = [.. Enumerable.Range(0, order.Words).Select(i => $"{order.Name}:{i} ")];
            var script = request.Is("/responses") ? NativeResponses.Text(string.Concat(words), words) : Chat.Text(string.Concat(words), words);
            script = script.Pace(order.Pace);
            return order.IsHeld && request.Json["stream"]?.GetValue<bool>() == true ? script.Take(order.Words / 2).Hang() : order.IsHeld ? script.HangBeforeHeaders() : script;
        }));
        return asked;
    }

    /// <summary>What it says to an order.</summary>
    public static string Answer(string name, int words) => string.Concat(Enumerable.Range(0, words).Select(i => $"{name}:{i} "));

    // The last words of the user's, wherever the API has them.
    private static Order Last(ReceivedRequest request)
    {
        var text = "";
        var said = request.Json["messages"] ?? request.Json["input"]!;
        foreach (var item in said as JsonArray ?? [new JsonObject { ["role"] = "user", ["content"] = said.DeepClone() }])
        {
            if ((string?)item!["role"] == "user")
                text = item["content"] is JsonArray parts ? (string?)parts[^1]!["text"] ?? "" : (string?)item["content"] ?? "";
        }

        return text.Split(' ') switch
        {
            ["say", var name, var words, var pace, .. var rest] => new Order(
                name, int.Parse(words, CultureInfo.InvariantCulture), TimeSpan.FromMilliseconds(int.Parse(pace, CultureInfo.InvariantCulture)), rest is ["hold"]),
            _ => throw new InvalidOperationException($"No order: {text}"),
        };
    }

    private sealed record Order(string Name, int Words, TimeSpan Pace, bool IsHeld);
}
