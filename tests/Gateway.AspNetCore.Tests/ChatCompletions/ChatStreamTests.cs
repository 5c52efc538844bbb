using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Routing;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.ChatCompletions;

public sealed class ChatStreamTests
{
    private const string Ask = """{"model":"mine","messages":[],"stream":true}""";
    private const string AskUsage = """{"model":"mine","messages":[],"stream":true,"stream_options":{"include_usage":true}}""";
    private const string Head = "\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"theirs\"";
    private static readonly string First = Chunk("\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"},\"finish_reason\":null}]");
    private static readonly string Last = Chunk("\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]");

    public static TheoryData<string> OddChunks =>
    [
        Chunk("\"choices\":[{\"index\":0,\"delta\":{\"content\":\"say \\\"model\\\":\\\"theirs\\\" and \\\"usage\\\":null}\"},\"finish_reason\":null}]"),
        Chunk("\"choices\":[{\"index\":0,\"delta\":{\"model\":\"inner\",\"usage\":{\"x\":1},\"content\":\"x\"},\"finish_reason\":null}],\"obfuscation\":\"abc\""),
        Chunk("\"choices\":[{\"index\":1,\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"c\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"model\\\"\"}}]},\"logprobs\":{\"content\":[{\"token\":\"x\",\"logprob\":-1.50,\"bytes\":null}]},\"finish_reason\":null}]"),
        "{\"choices\":[{\"delta\":{\"content\":\"x\"},\"index\":0}],\"object\":\"chat.completion.chunk\",\"model\":\"theirs\",\"id\":\"c\"}",
        "{ \"id\" : \"c\" , \"model\"\t:\t\"theirs\" , \"choices\" : [ { \"index\" : 0 , \"delta\" : { \"content\" : \"é \\u00e9 😀\" } } ] }",
        "{\"mod\\u0065l\":\"theirs\",\"choices\":[{\"index\":0,\"delta\":{}}]}",
        "{\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"no model here\"}}]}",
        Chunk("\"choices\":[{\"index\":0,\"delta\":{\"content\":\"z\"},\"finish_reason\":null}],\"x_new\":{\"a\":[1E3,null]},\"error\":null"),
    ];

    [Theory]
    [MemberData(nameof(OddChunks))]
    public async Task A_chunk_reaches_the_client_byte_for_byte_but_for_the_models_name(string chunk)
    {
        // Behind an ordinary chunk and before one, since what was learnt of one is used for the next.
        var text = await TextAsync(Script.Sse().SendEvent(First).SendEvent(chunk).SendEvent(First).SendEvent(Last).SendDone(), Ask);

        Assert.Equal(Frames(Mine(First), Mine(chunk), Mine(First), Mine(Last), "[DONE]"), text);
    }

    [Theory]
    [MemberData(nameof(OddChunks))]
    public async Task And_so_where_it_comes_first(string chunk) => Assert.Equal(
        Frames(Mine(chunk), Mine(chunk), Mine(Last), "[DONE]"),
        await TextAsync(Script.Sse().SendEvent(chunk).SendEvent(chunk).SendEvent(Last).SendDone(), Ask));

    [Theory]
    [InlineData(UsagePlace.OwnChunkWhenAsked)]
    [InlineData(UsagePlace.OwnChunkAlways)]
    [InlineData(UsagePlace.FinishChunk)]
    [InlineData(UsagePlace.EveryChunk)]
    [InlineData(UsagePlace.Nowhere)]
    public async Task A_client_that_did_not_ask_for_usage_sees_none(UsagePlace place)
    {
        var chunks = await ChunksAsync(Chat.Reply(new ChatTurn { Text = "One two", UsagePlace = place, Model = "theirs" }), Ask);

        Assert.All(chunks, c => Assert.False(c.ContainsKey("usage"), c.ToJsonString()));
        Assert.All(chunks, c => Assert.NotEmpty(c["choices"]!.AsArray()));
        Assert.All(chunks, c => Assert.Equal("mine", c["model"]!.GetValue<string>()));
        Assert.Equal("One two", string.Concat(chunks.Select(c => c["choices"]![0]!["delta"]!["content"]?.GetValue<string>())));
        Assert.Equal("stop", chunks[^1]["choices"]![0]!["finish_reason"]!.GetValue<string>());
    }

    [Theory]
    [InlineData(UsagePlace.OwnChunkWhenAsked)]
    [InlineData(UsagePlace.OwnChunkAlways)]
    [InlineData(UsagePlace.FinishChunk)]
    [InlineData(UsagePlace.EveryChunk)]
    public async Task A_client_that_asked_for_usage_gets_it_as_the_provider_says_it(UsagePlace place)
    {
        var chunks = await ChunksAsync(Chat.Reply(new ChatTurn { Text = "One two", UsagePlace = place, Model = "theirs" }), AskUsage);

        Assert.Equal(17, chunks.Last(c => c["usage"] is not null)["usage"]!["total_tokens"]!.GetValue<int>());
        Assert.Equal(4, chunks.Last(c => c["usage"] is not null)["usage"]!["prompt_tokens_details"]!["cached_tokens"]!.GetValue<int>());
        if (place is UsagePlace.OwnChunkAlways or UsagePlace.OwnChunkWhenAsked)
        {
            Assert.Empty(chunks[^1]["choices"]!.AsArray());
            Assert.All(chunks[..^1], c => Assert.True(c.ContainsKey("usage") && c["usage"] is null));
        }
    }

    [Theory]
    [InlineData("{\"usage\":null,\"id\":\"c\",\"model\":\"theirs\",\"choices\":[{\"index\":0,\"delta\":{}}]}", "{\"id\":\"c\",\"model\":\"mine\",\"choices\":[{\"index\":0,\"delta\":{}}]}")]
    [InlineData("{\"id\":\"c\",\"usage\":{\"total_tokens\":1},\"model\":\"theirs\",\"choices\":[{\"index\":0,\"delta\":{}}]}", "{\"id\":\"c\",\"model\":\"mine\",\"choices\":[{\"index\":0,\"delta\":{}}]}")]
    [InlineData("{ \"usage\" : null }", "{}")]
    [InlineData("{\"model\":\"theirs\",\"choices\":[{\"index\":0}] , \"usage\" : null}", "{\"model\":\"mine\",\"choices\":[{\"index\":0}]}")]
    public async Task Usage_is_cut_out_wherever_it_stands(string chunk, string expected) => Assert.Equal(
        Frames(Mine(First), expected, expected, Mine(Last), "[DONE]"),
        await TextAsync(Script.Sse().SendEvent(First).SendEvent(chunk).SendEvent(chunk).SendEvent(Last).SendDone(), Ask));

    [Fact]
    public async Task Several_choices_at_once_keep_their_indexes()
    {
        var chunks = await ChunksAsync(Chat.Text("One two"), """{"model":"mine","messages":[],"stream":true,"n":3}""");

        Assert.Equal([0, 1, 2], chunks.Select(c => c["choices"]![0]!["index"]!.GetValue<int>()).Distinct().Order());
        foreach (var index in Enumerable.Range(0, 3))
        {
            Assert.Equal("One two", string.Concat(chunks
                .Where(c => c["choices"]![0]!["index"]!.GetValue<int>() == index)
                .Select(c => c["choices"]![0]!["delta"]!["content"]?.GetValue<string>())));
        }
    }

    [Fact]
    public async Task Tool_calls_of_every_style_come_through_as_they_are()
    {
        ToolCallStyle[] styles = [ToolCallStyle.Fragmented, ToolCallStyle.Interleaved, ToolCallStyle.Whole, ToolCallStyle.Together, ToolCallStyle.RepeatedId, ToolCallStyle.FinishesWithStop];
        foreach (var style in styles)
        {
            var script = Chat.ToolCalls(style, new ToolCall("c1", "f", """{"model":"x"}"""), new ToolCall("c2", "g", """{"b":2}"""));
            var direct = await DirectAsync(script, Ask);
            Assert.Equal(direct.Replace("\"theirs\"", "\"mine\"", StringComparison.Ordinal), await TextAsync(script, Ask, streamUsage: false));
        }
    }

    [Fact]
    public async Task Lines_may_end_as_they_like_comments_may_stand_between_and_the_last_blank_line_may_lack()
    {
        var good = Script.Sse().SendEvent(First).SendEvent(Last).SendDone();
        var expected = Frames(Mine(First), Mine(Last), "[DONE]");
        Script[] ways =
        [
            good.Crlf(), good.LineEnds("\r"), good.WithComments(), good.WithComments().Crlf(), good.WithoutSpaceAfterColon(), good.WithoutFinalBlankLine(),
            Script.Sse().Send("\uFEFF").SendEvent(First).SendEvent(Last).SendDone(), Script.Sse().Send("\n\n\nretry: 5\nid: 7\n\n").SendEvent(First).SendEvent("message", Last).SendDone(),
            good.SendEvent(First), good.ContentType("Text/Event-Stream"),
        ];
        foreach (var way in ways)
            Assert.Equal(expected, await TextAsync(way, Ask));
    }

    [Fact]
    public async Task A_stream_cut_at_any_byte_is_the_same_stream()
    {
        var script = Script.Sse()
            .SendEvent(Chunk("\"choices\":[{\"index\":0,\"delta\":{\"content\":\"é😀\"},\"finish_reason\":null}],\"usage\":null"))
            .SendEvent(Last).Comment("x").SendDone();
        var whole = await TextAsync(script, Ask);
        var length = (await DirectAsync(script, Ask)).Length + 6;
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream);

        Assert.Equal(whole, await TextAsync(script.SplitEvery(1), Ask));
        Assert.Equal(whole, await TextAsync(script.Crlf().SplitEvery(1), Ask));
        for (var at = 1; at < length; at++)
        {
            upstream.Always(script.SplitAt(at));
            using var response = await gateway.PostAsync("/v1/chat/completions", Ask);
            Assert.Equal(whole, await response.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task JSON_over_several_data_lines_is_one_chunk()
    {
        var text = await TextAsync(Script.Sse().Send("data: {\"id\":\"c\",\ndata: \"model\":\"theirs\",\ndata: \"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n").SendDone(), Ask);

        Assert.Equal(Frames("{\"id\":\"c\", \"model\":\"mine\", \"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}", "[DONE]"), text);
    }

    [Fact]
    public async Task A_provider_that_answers_a_stream_with_JSON_is_streamed_for()
    {
        var turn = new ChatTurn { Text = "Hello", ToolCalls = [new ToolCall("c1", "f", "{}")], Model = "theirs" };
        await using var upstream = await ScriptedUpstream.StartAsync();
        upstream.Always(Script.By(_ => Script.Json(
            """{"id":"c","object":"chat.completion","created":1,"model":"theirs","choices":[{"index":0,"message":{"role":"assistant","content":"Hello","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]},"logprobs":null,"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}""")));
        await using var gateway = await StartAsync(upstream);

        var plain = (await gateway.PostStreamAsync("/v1/chat/completions", Ask)).JsonBeforeDone();
        var usage = (await gateway.PostStreamAsync("/v1/chat/completions", AskUsage)).JsonBeforeDone();

        Assert.Equal(turn.Text, string.Concat(plain.Select(c => c["choices"]![0]!["delta"]!["content"]?.GetValue<string>())));
        Assert.Equal("tool_calls", plain[^1]["choices"]![0]!["finish_reason"]!.GetValue<string>());
        Assert.Contains(plain, c => c["choices"]![0]!["delta"]!["tool_calls"]?[0]?["index"]?.GetValue<int>() == 0);
        Assert.All(plain, c => Assert.Equal(("mine", "chat.completion.chunk"), (c["model"]!.GetValue<string>(), c["object"]!.GetValue<string>())));
        Assert.All(plain, c => Assert.False(c.ContainsKey("usage")));
        Assert.Equal(3, usage[^1]["usage"]!["total_tokens"]!.GetValue<int>());
        Assert.Empty(usage[^1]["choices"]!.AsArray());
    }

    [Fact]
    public async Task The_stream_says_how_it_is_to_be_treated_on_its_way()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream);

        using var response = await gateway.PostAsync("/v1/chat/completions", Ask);

        Assert.Equal("text/event-stream; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.True(response.Headers.CacheControl?.NoCache);
        Assert.Equal("no", response.Headers.GetValues("X-Accel-Buffering").Single());
    }

    private static string Chunk(string rest) => $"{{{Head},{rest}}}";

    // The name at the top level only: everything else that looks like it is text or nested.
    private static string Mine(string chunk)
    {
        foreach (var model in new[] { "\"model\":\"theirs\"", "\"model\"\t:\t\"theirs\"", "\"mod\\u0065l\":\"theirs\"" })
        {
            if (chunk.IndexOf(model, StringComparison.Ordinal) is >= 0 and var at)
                return chunk[..at] + model.Replace("theirs", "mine", StringComparison.Ordinal) + chunk[(at + model.Length)..];
        }

        return chunk;
    }

    private static string Frames(params string[] data) => string.Concat(data.Select(d => $"data: {d}\n\n"));

    private static Task<TestGateway> StartAsync(ScriptedUpstream upstream, bool streamUsage = true) => TestGateway.StartAsync(
        upstream,
        p => p with { StreamUsage = streamUsage },
        o => o with { Models = [new ModelOptions { Name = "mine", Provider = "up", RewriteTo = "theirs" }] });

    private static async Task<string> TextAsync(Script script, string ask, bool streamUsage = true)
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        upstream.Always(script);
        await using var gateway = await StartAsync(upstream, streamUsage);
        using var response = await gateway.PostAsync("/v1/chat/completions", ask);
        return await response.Content.ReadAsStringAsync();
    }

    // What the provider says where nobody stands between.
    private static async Task<string> DirectAsync(Script script, string ask)
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        upstream.Always(script);
        using var client = new HttpClient();
        using var content = new StringContent(ask.Replace("mine", "theirs", StringComparison.Ordinal));
        using var response = await client.PostAsync(new Uri(upstream.BaseUrl + "/chat/completions"), content);
        return await response.Content.ReadAsStringAsync();
    }

    private static async Task<List<JsonObject>> ChunksAsync(Script script, string ask)
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        upstream.Always(script);
        await using var gateway = await StartAsync(upstream);
        return (await gateway.PostStreamAsync("/v1/chat/completions", ask)).JsonBeforeDone();
    }
}
