using AiGateway.Upstream;

namespace AiGateway.EndToEnd.Tests.Scripted;

/// <summary>What a model of the scripted upstream does, by its name, in both APIs: tests name it by the model they ask for, so that they can run side by side.</summary>
/// <param name="Chat">In the chat API.</param>
/// <param name="Native">In the Responses API.</param>
internal sealed record Scenario(Script Chat, Script Native)
{
    /// <summary>Where the provider is that speaks chat, embeddings and images.</summary>
    public const string ChatPath = "/chat-only/v1";

    /// <summary>Where the provider is that speaks the Responses API only.</summary>
    public const string NativePath = "/native-only/v1";

    public const string Text = "Hello from the model.";
    public const string Reasoning = "Two and two make four.";
    public const string Refusal = "I cannot help with that.";
    public const string Crash = "The model crashed.";

    private static readonly string[] Chunks = ["Hello", " from", " the", " model."];
    private static readonly ToolCall Weather = new("call_weather", "get_weather", """{"city":"Paris"}""");
    private static readonly ToolCall Clock = new("call_clock", "get_time", """{"zone":"Europe/Paris"}""");

    private static readonly Dictionary<string, Scenario> All = new(StringComparer.Ordinal)
    {
        ["text"] = new(Upstream.Chat.Text(Text, Chunks), NativeResponses.Text(Text, Chunks)),
        ["tool"] = new(Calling(c => Upstream.Chat.ToolCalls(c), t => Upstream.Chat.Text(t), Weather), Calling(NativeResponses.ToolCalls, t => NativeResponses.Text(t), Weather)),
        ["tools"] = new(
            Calling(c => Upstream.Chat.ToolCalls(ToolCallStyle.Interleaved, c), t => Upstream.Chat.Text(t), Weather, Clock),
            Calling(NativeResponses.ToolCalls, t => NativeResponses.Text(t), Weather, Clock)),
        ["steps"] = new(InSteps(c => Upstream.Chat.ToolCalls(c), t => Upstream.Chat.Text(t)), InSteps(c => NativeResponses.ToolCalls(c), t => NativeResponses.Text(t))),
        ["recall"] = new(Script.By(r => Upstream.Chat.Text(Conversation.Recalled(r))), Script.By(r => NativeResponses.Text(Conversation.Recalled(r)))),
        ["person"] = new(Typed(t => Upstream.Chat.Text(t)), Typed(t => NativeResponses.Text(t))),
        ["people"] = new(Counting(t => Upstream.Chat.Text(t)), Counting(t => NativeResponses.Text(t))),
        ["thinking"] = new(Upstream.Chat.Reasoning(Reasoning, "4"), NativeResponses.Reasoning("4", summary: "Adding.", content: Reasoning)),
        ["refusing"] = new(Upstream.Chat.Refusal(Refusal), NativeResponses.Refusal(Refusal)),
        ["wordy"] = new(Upstream.Chat.Length("Once upon a"), NativeResponses.Length("Once upon a")),
        ["likely"] = new(Upstream.Chat.Logprobs(Text, Chunks), NativeResponses.Logprobs(Text, Chunks)),
        ["denied"] = Both(Errors.InvalidKey()),
        ["absent"] = Both(Errors.NoSuchModel("absent")),
        ["busy"] = Both(Errors.RateLimited(retryAfter: 7)),
        ["broken"] = Both(Errors.ServerError()),
        ["mute"] = Both(Script.Silent()),
        ["endless"] = new(Upstream.Chat.Text(Text, Chunks).Take(3).Hang(), NativeResponses.Text(Text, Chunks).Take(6).Hang()),
        ["failing"] = new(
            Upstream.Chat.Text(Text, Chunks).Take(3).SendError("server_error", "server_error", Crash),
            NativeResponses.Failed("server_error", Crash, "Hello")),
        ["lost"] = new(Upstream.Chat.Text(Text, Chunks).Take(3).Abort(), NativeResponses.Text(Text, Chunks).Take(6).Abort()),
    };

    /// <summary>Has the upstream play all of them.</summary>
    public static void PlayAt(ScriptedUpstream upstream, Observed observed) => upstream
        .When(Observed.IsAsked, Script.By(observed.Answer))
        .When(IsOfAnotherApi, Script.By(r => Errors.OpenAi(404, "invalid_request_error", "unknown_url", $"Not at this provider: {r.RawPath}.")))
        .When(r => Model(r) == "flaky", Script.By(r => observed.Of(r.Header(Observed.Header) ?? "")[0] == r
            ? Errors.RateLimited(retryAfter: 1)
            : All["text"].For(r)))
        .When(r => Model(r) == "held", Script.By(r => Held(r, observed.Held(r.Header(Observed.Header) ?? ""))))
        .When(r => All.ContainsKey(Model(r)), Script.By(r => All[Model(r)].For(r)));

    /// <summary>The plain text; behind its first two words, or before anything where it is not streamed, it waits.</summary>
    private static Script Held(ReceivedRequest request, Task gate)
    {
        var text = All["text"].For(request);
        return Script.ByStream(text.WaitBeforeHeaders(gate), text.WaitAfter(request.Is("/responses") ? 6 : 3, gate));
    }

    private Script For(ReceivedRequest request) => request.Is("/responses") ? Native : Chat;

    private static string Model(ReceivedRequest request) => request.Method == "POST" ? request.Json["model"]?.ToString() ?? "" : "";

    private static bool IsOfAnotherApi(ReceivedRequest request) =>
        request.Method == "POST" && request.Is("/responses") != request.RawPath.StartsWith(NativePath, StringComparison.Ordinal);

    private static Scenario Both(Script script) => new(script, script);

    /// <summary>Calls until every call has its result, then tells the results.</summary>
    private static Script Calling(Func<ToolCall[], Script> call, Func<string, Script> tell, params ToolCall[] calls) => Script.By(r =>
        Conversation.ToolResults(r) is { Count: > 0 } results ? tell($"I hear: {string.Join(" and ", results)}.") : call(calls));

    /// <summary>One call, then, when that has its result, another, then tells both results.</summary>
    private static Script InSteps(Func<ToolCall, Script> call, Func<string, Script> tell) => Script.By(r => Conversation.ToolResults(r) switch
    {
        [] => call(Weather),
        [_] => call(Clock),
        var results => tell($"I hear: {string.Join(" and ", results)}."),
    });

    /// <summary>JSON of the schema <c>person</c>: who was named last, and how many were named. Where no schema was asked for, all that was said.</summary>
    private static Script Counting(Func<string, Script> tell) => Script.By(r => tell(Conversation.SchemaName(r) == "person"
        ? $$"""{"name":"{{Conversation.Said(r, "user")[^1]}}","age":{{Conversation.Said(r, "user").Count}}}"""
        : Conversation.Recalled(r)));

    /// <summary>JSON of the schema <c>person</c>, if that is what was asked for.</summary>
    private static Script Typed(Func<string, Script> tell) => Script.By(r => Conversation.SchemaName(r) == "person"
        ? tell("""{"name":"Ada","age":36}""")
        : Errors.OpenAi(400, "invalid_request_error", null, "The schema has not arrived."));
}
