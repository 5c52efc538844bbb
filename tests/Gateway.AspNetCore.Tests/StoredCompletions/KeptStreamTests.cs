using System.Net;
using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Upstream;
using static AiGateway.AspNetCore.Tests.StoredCompletions.CompletionCalls;

namespace AiGateway.AspNetCore.Tests.StoredCompletions;

/// <summary>A stream is kept as the completion that it would have been as a whole answer.</summary>
public sealed class KeptStreamTests
{
    private const string Head = "\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"theirs\"";
    private const string Finish = "\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]";
    private static readonly ToolCall[] Calls = [new("c1", "f", """{"city":"Paris"}"""), new("c2", "g", """{"b":[1,2]}""")];

    private static readonly Dictionary<string, ChatTurn> Turns = new(StringComparer.Ordinal)
    {
        ["text"] = new() { Text = "One two é 😀 \"three\"\n" },
        ["no text"] = new() { Text = "" },
        ["length"] = new() { Text = "One", FinishReason = "length" },
        ["filter"] = new() { Text = "One", FinishReason = "content_filter" },
        ["refusal"] = new() { Refusal = "I cannot do that." },
        ["reasoning_content"] = new() { Reasoning = "Let me think", Text = "Done" },
        ["reasoning"] = new() { Reasoning = "Let me think", ReasoningField = "reasoning", Text = "Done" },
        ["logprobs"] = new() { Text = "One two three", Logprobs = true },
        ["usage in the last chunk"] = new() { Text = "One two", UsagePlace = UsagePlace.FinishChunk },
        ["usage everywhere"] = new() { Text = "One two", UsagePlace = UsagePlace.EveryChunk },
        ["usage always"] = new() { Text = "One two", UsagePlace = UsagePlace.OwnChunkAlways },
        ["no usage"] = new() { Text = "One two", UsagePlace = UsagePlace.Nowhere },
        ["calls"] = new() { ToolCalls = Calls },
        ["calls in turns"] = new() { ToolCalls = Calls, Style = ToolCallStyle.Interleaved },
        ["whole calls"] = new() { ToolCalls = Calls, Style = ToolCallStyle.Whole },
        ["calls together"] = new() { ToolCalls = Calls, Style = ToolCallStyle.Together },
        ["calls with ids repeated"] = new() { ToolCalls = Calls, Style = ToolCallStyle.RepeatedId },
        ["calls that finish with stop"] = new() { ToolCalls = Calls, Style = ToolCallStyle.FinishesWithStop },
        ["text and a call"] = new() { Text = "I look it up.", ToolCalls = Calls[..1] },
    };

    public static TheoryData<string> Names => [.. Turns.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task It_is_the_whole_answer(string name)
    {
        foreach (var ask in (string[])[Ask, Ask[..^1] + ",\"n\":3}", Ask[..^1] + ",\"stream_options\":{\"include_usage\":true}}"])
        {
            await using var upstream = await ScriptedUpstream.StartAsync();
            await using var gateway = await StartAsync(upstream.Always(Chat.Reply(Turns[name] with { Model = "theirs" })));
            var whole = await gateway.FindAsync((await gateway.KeepAsync(ask)).Text("id"));

            var kept = await gateway.FindAsync(await gateway.KeepStreamAsync(ask));

            Assert.Equal(Comparable(whole), Comparable(kept));
        }
    }

    [Theory]
    [InlineData("text")]
    [InlineData("calls")]
    [InlineData("refusal")]
    [InlineData("reasoning")]
    [InlineData("length")]
    [InlineData("logprobs")]
    public async Task So_it_is_where_the_provider_speaks_responses(string name)
    {
        var script = name switch
        {
            "calls" => NativeResponses.ToolCalls(Calls),
            "refusal" => NativeResponses.Refusal("No."),
            "reasoning" => NativeResponses.Reasoning("One two", summary: "Short"),
            "length" => NativeResponses.Length("One"),
            "logprobs" => NativeResponses.Logprobs("One two"),
            _ => NativeResponses.Text("One two"),
        };
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream.Always(script), native: true);
        var answer = await gateway.KeepAsync();
        var whole = await gateway.FindAsync(answer.Text("id"));

        var kept = await gateway.FindAsync(await gateway.KeepStreamAsync());

        Assert.Matches("^chatcmpl-[0-9a-f]{48}$", answer.Text("id"));

        // Translated chunks do not tell the tier, kept or not.
        whole.Remove("service_tier");
        Assert.Equal(Comparable(whole), Comparable(kept));
    }

    [Fact]
    public async Task So_it_is_where_the_provider_answers_whole_what_was_asked_for_as_a_stream()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream.Always(Script.Json(
            """{"id":"c","object":"chat.completion","created":1,"model":"theirs","choices":[{"index":0,"message":{"role":"assistant","content":"Hello","refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}""")));
        var whole = await gateway.FindAsync((await gateway.KeepAsync()).Text("id"));

        var kept = await gateway.FindAsync(await gateway.KeepStreamAsync());

        Assert.Equal(Comparable(whole), Comparable(kept));
    }

    [Theory]
    [InlineData("{\"id\":\"c\"," + Head + "," + Finish + "}", "{\"id\":\"ID\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"mine\"," + Finish + "}")]
    [InlineData("{\"id\":\"\"," + Head + "," + Finish + "}", "{\"id\":\"ID\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"mine\"," + Finish + "}")]
    [InlineData("{\"id\":null," + Head + "," + Finish + "}", "{\"id\":\"ID\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"mine\"," + Finish + "}")]
    [InlineData("{" + Head + "," + Finish + "}", "{\"id\":\"ID\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"mine\"," + Finish + "}")]
    [InlineData("{" + Head + "," + Finish + ", \"id\" : \"c\" }", "{\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"mine\"," + Finish + ", \"id\" : \"ID\" }")]
    [InlineData("{\"usage\":null," + Head + "," + Finish + "}", "{\"id\":\"ID\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"mine\"," + Finish + "}")]
    [InlineData("{\"usage\":null,\"id\":\"c\",\"model\":\"theirs\"," + Finish + "}", "{\"id\":\"ID\",\"model\":\"mine\"," + Finish + "}")]
    [InlineData("{\"model\":\"theirs\",\"usage\":null,\"id\":\"c\"," + Finish + "}", "{\"model\":\"mine\",\"id\":\"ID\"," + Finish + "}")]
    [InlineData("{" + Finish + "}", "{\"id\":\"ID\"," + Finish + "}")]
    [InlineData("{\"usage\":null}", "{}")]
    [InlineData("{}", "{}")]
    public async Task Every_chunk_gets_the_id_and_nothing_else_is_touched(string chunk, string expected)
    {
        const string First = "{\"id\":\"first\"," + Head + ",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"say \\\"id\\\":\\\"c\\\"\"},\"finish_reason\":null}]}";
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream.Always(
            Script.Sse().SendEvent(chunk).SendEvent(First).SendEvent(chunk).SendEvent(chunk).SendEvent("{\"id\":\"c\"," + Head + "," + Finish + "}").SendDone()));

        using var response = await gateway.PostAsync(Root, Streamed(Ask));
        var text = await response.Content.ReadAsStringAsync();
        var id = (await gateway.CallAsync("GET", Root)).Ids().Single();

        var own = First.Replace("first", id, StringComparison.Ordinal).Replace("theirs", "mine", StringComparison.Ordinal);
        var theirs = expected.Replace("ID", id, StringComparison.Ordinal);
        var last = ("{\"id\":\"" + id + "\"," + Head + "," + Finish + "}").Replace("theirs", "mine", StringComparison.Ordinal);
        Assert.Equal(string.Concat(new[] { theirs, own, theirs, theirs, last, "[DONE]" }.Select(data => $"data: {data}\n\n")), text);
    }

    [Fact]
    public async Task A_character_that_two_chunks_share_is_whole_again()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream.Always(Script.Sse()
            .SendEvent("{\"id\":\"c\"," + Head + ",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\\ud83d\"}}]}")
            .SendEvent("{\"id\":\"c\"," + Head + ",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\\ude00b\"}}]}")
            .SendEvent("{\"id\":\"c\"," + Head + "," + Finish + "}").SendDone()));
        using var response = await gateway.PostAsync(Root, Streamed(Ask));
        await response.Content.ReadAsStringAsync();

        var kept = (await gateway.CallAsync("GET", Root))["data"]![0]!.AsObject();

        Assert.Equal("a😀b", kept.Message().Text("content"));
    }

    [Fact]
    public async Task What_nobody_here_has_heard_of_is_kept_too()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream.Always(Script.Sse()
            .SendEvent("{\"id\":\"c\"," + Head + ",\"x_new\":{\"a\":1.50},\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\",\"x_text\":\"one \"}}],\"obfuscation\":\"abc\"}")
            .SendEvent("{\"id\":\"c\"," + Head + ",\"choices\":[{\"index\":0,\"delta\":{\"x_text\":\"two\",\"x_list\":[{\"index\":0,\"text\":\"a\"}],\"audio\":{\"id\":\"au\",\"data\":\"AA\"}},\"content_filter_results\":{\"ok\":true}}]}")
            .SendEvent("{\"id\":\"c\"," + Head + ",\"choices\":[{\"index\":0,\"delta\":{\"x_list\":[{\"index\":0,\"text\":\"b\"},{\"index\":1,\"text\":\"c\"}],\"audio\":{\"data\":\"BB\",\"expires_at\":5}}}]}")
            .SendEvent("{\"id\":\"c\"," + Head + "," + Finish + "}").SendDone()));

        var kept = await gateway.FindAsync(await gateway.KeepStreamAsync());

        Assert.Equal("1.50", kept["x_new"]!["a"]!.ToJsonString());
        Assert.False(kept.ContainsKey("obfuscation"));
        Assert.True(kept["choices"]![0]!["content_filter_results"]!["ok"]!.GetValue<bool>());
        Assert.Equal(
            """{"role":"assistant","content":"","x_text":"one two","x_list":[{"index":0,"text":"ab"},{"index":1,"text":"c"}],"audio":{"id":"au","data":"AABB","expires_at":5},"refusal":null}""",
            kept.Message().ToJsonString());
    }

    [Fact]
    public async Task What_broke_is_not_kept()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream);
        foreach (var script in (Script[])[Chat.Text("One two three").Take(2).Abort(), Chat.Text("One two three").Take(2).SendError("server_error", null, "broken"), Errors.ServerError(500)])
        {
            upstream.Always(script);
            using var response = await gateway.PostAsync(Root, Streamed(Ask));
            Assert.DoesNotContain("[DONE]", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.Empty((await gateway.CallAsync("GET", Root)).Ids());
    }

    // But for what is new in each: the id, the request's id, and what a stream cannot tell from nothing.
    private static string Comparable(JsonObject completion)
    {
        var copy = completion.DeepClone().AsObject();
        copy["id"] = copy["request_id"] = null;
        copy["created"] = 0;
        foreach (var choice in copy["choices"]!.AsArray())
        {
            if (choice!["message"]!["annotations"] is JsonArray { Count: 0 })
                choice["message"]!.AsObject().Remove("annotations");
        }

        return Sorted(copy)!.ToJsonString();
    }

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => KeyValuePair.Create(m.Key, Sorted(m.Value)))),
        JsonArray elements => new JsonArray([.. elements.Select(Sorted)]),
        _ => node?.DeepClone(),
    };
}
