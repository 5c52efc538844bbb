using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.AspNetCore.Tests.Hooks;
using AiGateway.Hooks;
using AiGateway.Protocol;
using AiGateway.Upstream;
using static AiGateway.AspNetCore.Tests.StoredCompletions.CompletionCalls;

namespace AiGateway.AspNetCore.Tests.StoredCompletions;

/// <summary>What hooks made of a completion is what its client got, and so it is what is kept.</summary>
public sealed class KeptByHooksTests
{
    [Fact]
    public async Task A_whole_answer_is_kept_as_response_hooks_left_it()
    {
        var hook = new Recorder
        {
            Response = (call, result) =>
            {
                if (call.Request is ChatRequest)
                    result.EditText(text => text.Replace("two", "2", StringComparison.Ordinal));
            },
        };
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream.Always(Chat.Text("One two")), hooks: hook);

        var answer = await gateway.KeepAsync();

        Assert.Equal("One 2", answer.Message().Text("content"));
        Assert.Equal("One 2", (await gateway.FindAsync(answer.Text("id"))).Message().Text("content"));
    }

    [Fact]
    public async Task A_stream_is_kept_as_stream_hooks_left_it()
    {
        var hook = new Recorder
        {
            Stream = (_, chunk) =>
            {
                if (chunk.Json["choices"]![0]!["delta"]!["content"]?.GetValue<string>() == " two")
                    chunk.Drop();
                chunk.EditText(text => text.Replace("three", "3", StringComparison.Ordinal));
            },
        };
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream.Always(Chat.Text("One two three four", "One", " two", " three", " four")), hooks: hook);

        var chunks = await gateway.ChunksAsync();
        var shown = string.Concat(chunks.Select(c => c["choices"]![0]!["delta"]!["content"]?.GetValue<string>()));

        Assert.Equal("One 3 four", shown);
        var kept = await gateway.FindAsync(chunks[0].Text("id"));
        Assert.Equal((shown, "stop", 17), (kept.Message().Text("content"), kept["choices"]![0]!["finish_reason"]!.GetValue<string>(), kept["usage"]!["total_tokens"]!.GetValue<int>()));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Each_chunk_of_a_burst_is_shown_to_hooks(bool waits, bool keeps)
    {
        var hook = new OnChunk(waits, (text, chunk) =>
        {
            if (text is " two" or " seven")
                chunk.Drop();
            if (text is " three")
                chunk.EditText(_ => " 3");
        });
        string[] words = ["One", " two", " three", " four", " five", " six", " seven", " eight"];
        var burst = string.Concat(words.Select(word => $$"""data: {"id":"c","model":"theirs","choices":[{"index":0,"delta":{"content":"{{word}}"},"finish_reason":null}]}""" + "\n\n"));
        var script = Script.Sse().Send(burst + """data: {"id":"c","model":"theirs","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""" + "\n\ndata: [DONE]\n\n");
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream.Always(script), hooks: hook);

        var chunks = await gateway.ChunksAsync(keeps ? Ask : Ask.Replace("\"store\":true", "\"store\":false", StringComparison.Ordinal));

        const string Left = "One 3 four five six eight";
        Assert.Equal(Left, string.Concat(chunks.Select(c => c["choices"]![0]!["delta"]!["content"]?.GetValue<string>())));
        Assert.Equal([.. words, null], hook.Texts);
        if (keeps)
            Assert.Equal(Left, (await gateway.FindAsync(chunks[0].Text("id"))).Message().Text("content"));
    }

    [Fact]
    public async Task A_stream_of_which_hooks_left_nothing_is_kept_as_that()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream, hooks: new Recorder { Stream = (_, chunk) => chunk.Drop() });

        Assert.Empty(await gateway.ChunksAsync());

        var kept = (await gateway.CallAsync("GET", Root))["data"]!.AsArray().Single()!.AsObject();
        Assert.Equal(("mine", 0), (kept.Text("model"), kept["choices"]!.AsArray().Count));
        Assert.Equal(kept.Text("id"), (await gateway.FindAsync(kept.Text("id"))).Text("id"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_answer_of_a_hooks_own_is_kept(bool streamed)
    {
        var hook = new Recorder { Request = call => call.Answer = call.Request is ChatRequest ? new HookAnswer.Text("From the hook.") : null };
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream, hooks: hook);

        var id = streamed ? await gateway.KeepStreamAsync() : (await gateway.KeepAsync()).Text("id");

        var kept = await gateway.FindAsync(id);
        Assert.Equal(("From the hook.", "stop", 0), (kept.Message().Text("content"), kept["choices"]![0]!["finish_reason"]!.GetValue<string>(), kept["usage"]!["total_tokens"]!.GetValue<int>()));
        Assert.Empty(upstream.Requests);
    }

    [Fact]
    public async Task A_completion_that_a_hook_made_is_kept_under_the_hooks_id_and_another_answer_is_not()
    {
        string[] answers = ["""{"id":"mine-1","choices":[{"index":0,"message":{"role":"assistant","content":"x"},"finish_reason":"stop"}]}""", """{"id":"mine-2","text":"no completion"}"""];
        var next = 0;
        var hook = new Recorder
        {
            Request = call => call.Answer = call.Request is ChatRequest ? new HookAnswer.Json(System.Text.Json.Nodes.JsonNode.Parse(answers[next++])!) : null,
        };
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream, hooks: hook);

        await gateway.KeepAsync();
        await gateway.KeepAsync();

        Assert.Equal(["mine-1"], (await gateway.CallAsync("GET", Root)).Ids());
        Assert.Equal("x", (await gateway.FindAsync("mine-1")).Message().Text("content"));
    }

    [Fact]
    public async Task The_request_is_kept_as_request_hooks_left_it()
    {
        var hook = new Recorder
        {
            Request = call =>
            {
                if (call.Request is ChatRequest chat)
                    chat.Messages[0]!["content"] = "[redacted]";
            },
        };
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream, hooks: hook);

        var id = (await gateway.KeepAsync()).Text("id");

        Assert.Equal("[redacted]", (await gateway.CallAsync("GET", $"{Root}/{id}/messages"))["data"]![0]!["content"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_hook_that_asks_for_storage_gets_it()
    {
        var hook = new Recorder
        {
            Request = call =>
            {
                if (call.Request is ChatRequest)
                    call.Request.Body["store"] = true;
            },
        };
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream, hooks: hook);

        var id = (await gateway.KeepAsync("""{"model":"mine","messages":[]}""")).Text("id");

        Assert.Equal([id], (await gateway.CallAsync("GET", Root)).Ids());
    }

    private sealed class OnChunk(bool waits, Action<string?, StreamEvent> act) : IStreamHook
    {
        public List<string?> Texts { get; } = [];

        public async ValueTask OnStreamEventAsync(GatewayCall call, StreamEvent streamEvent, CancellationToken cancellationToken)
        {
            if (waits)
                await Task.Yield();
            Texts.Add(JsonNode.Parse(streamEvent.Utf8.Span)!["choices"]![0]!["delta"]!["content"]?.GetValue<string>());
            act(Texts[^1], streamEvent);
        }
    }
}
