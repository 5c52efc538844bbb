using AiGateway.AspNetCore.Tests.BadInput;
using AiGateway.AspNetCore.Tests.BadProviders;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.Clients;

/// <summary>What the provider has said, the client hears at once; and while it says nothing, the client hears that it is not forgotten.</summary>
public sealed class FlushTests
{
    [Fact]
    public async Task Each_chunk_arrives_before_the_next_is_sent()
    {
        foreach (var name in new[] { "chat stream", "responses stream" })
        {
            var gates = Enumerable.Range(0, 5).Select(_ => new TaskCompletionSource()).ToArray();
            await Scene.RunAsync(
                name,
                _ => Enumerable.Range(0, 5).Aggregate(Script.Sse(), (s, i) => s
                    .SendEvent($$$"""{"id":"c","model":"m","choices":[{"index":0,"delta":{"content":"piece-{{{i}}}"},"finish_reason":{{{(i == 4 ? "\"stop\"" : "null")}}}}]}""")
                    .Wait(gates[i].Task)).SendDone(),
                async scene =>
                {
                    using var response = await scene.Call.SendAsync(scene.Gateway);
                    var reader = new WireReader(response);
                    for (var i = 0; i < 5; i++)
                    {
                        Assert.DoesNotContain($"piece-{i}", reader.Text, StringComparison.Ordinal);
                        await reader.ReadUntilAsync($"piece-{i}");
                        gates[i].SetResult();
                    }

                    Assert.EndsWith("data: [DONE]\n\n", await reader.ReadToEndAsync(), StringComparison.Ordinal);
                });
        }
    }

    [Theory]
    [InlineData("chat stream", 2, "One")]
    [InlineData("responses stream", 2, "One")]
    [InlineData("native responses stream", 1, "response.created")]
    [InlineData("native responses stream", 5, "One")]
    [InlineData("images stream", 1, "AAAA")]
    public async Task The_first_word_arrives_while_the_second_is_still_unsaid(string name, int events, string word)
    {
        var heard = new TaskCompletionSource();
        await Scene.RunAsync(name, call => Scene.GoodStream(call).WaitAfter(events, heard.Task), async scene =>
        {
            using var response = await scene.Call.SendAsync(scene.Gateway);
            var reader = new WireReader(response);
            await reader.ReadUntilAsync(word);
            Assert.Equal(1, scene.Upstream.ActiveRequests);
            heard.SetResult();
            await reader.ReadToEndAsync();
        });
    }

    [Fact]
    public async Task A_translated_response_says_that_it_was_created_before_the_model_says_anything()
    {
        var heard = new TaskCompletionSource();
        await Scene.RunAsync("responses stream", call => Scene.GoodStream(call).WaitAfter(0, heard.Task), async scene =>
        {
            using var response = await scene.Call.SendAsync(scene.Gateway);
            var reader = new WireReader(response);
            await reader.ReadUntilAsync("response.in_progress");
            heard.SetResult();
            await reader.ReadToEndAsync();
        });
    }

    [Theory]
    [MemberData(nameof(Call.Streams), MemberType = typeof(Call))]
    public async Task While_the_provider_is_silent_there_are_heartbeats(string name)
    {
        var heard = new TaskCompletionSource();
        await Scene.RunAsync(
            name,
            call => Scene.GoodStream(call).WaitAfter(2, heard.Task),
            async scene =>
            {
                using var response = await scene.Call.SendAsync(scene.Gateway);
                var reader = new WireReader(response);
                await reader.ReadUntilAsync(": keep-alive\n\n: keep-alive\n\n: keep-alive\n\n");
                heard.SetResult();
                var text = await reader.ReadToEndAsync();
                var silent = text.Replace(": keep-alive\n\n", "", StringComparison.Ordinal);
                Assert.DoesNotContain("keep-alive", silent, StringComparison.Ordinal);
                Assert.All(silent.Split("\n\n")[..^1], frame => Assert.Matches("^(event: [a-z._]+\ndata: |data: )[^\n]+$", frame));
            },
            options: o => o with { HeartbeatInterval = TimeSpan.FromMilliseconds(20) });
    }

    [Theory]
    [MemberData(nameof(Call.Streams), MemberType = typeof(Call))]
    public async Task A_heartbeat_may_be_the_first_that_is_heard_and_then_errors_are_events(string name)
    {
        var heard = new TaskCompletionSource();
        await Scene.RunAsync(
            name,
            _ => Script.Sse().Wait(heard.Task).SendError("server_error", "overloaded", "Too much."),
            async scene =>
            {
                using var response = await scene.Call.SendAsync(scene.Gateway);
                var reader = new WireReader(response);
                await reader.ReadUntilAsync(": keep-alive\n\n");
                heard.SetResult();
                Assert.Contains("\"Too much.\"", await reader.ReadToEndAsync(), StringComparison.Ordinal);
            },
            options: o => o with { HeartbeatInterval = TimeSpan.FromMilliseconds(20) });
    }

    [Theory]
    [MemberData(nameof(Call.Streams), MemberType = typeof(Call))]
    public async Task Many_streams_at_once_each_hear_their_own_words(string name)
    {
        const int Streams = 100;
        var call = Call.Of(name);
        await using var upstream = await ScriptedUpstream.StartAsync();
        upstream.Always(Script.By(request => Says(call, Mark(request.Text))));
        await using var gateway = await call.StartAsync(upstream);

        var texts = await Task.WhenAll(Enumerable.Range(0, Streams).Select(async i =>
        {
            using var response = await gateway.PostAsync(call.Path, call.Body.Replace("\"Hi\"", $"\"mark-{i}-x\"", StringComparison.Ordinal));
            return await new WireReader(response).ReadToEndAsync();
        }));

        for (var i = 0; i < Streams; i++)
        {
            Assert.Contains($"mark-{i}-x", texts[i], StringComparison.Ordinal);
            Assert.Equal(Streams - 1, texts.Count(t => !t.Contains($"mark-{i}-x", StringComparison.Ordinal)));
        }

        await upstream.WaitForIdleAsync();
    }

    private static string Mark(string request) => System.Text.RegularExpressions.Regex.Match(request, "mark-[0-9]+-x").Value;

    private static Script Says(Call call, string mark) => call switch
    {
        { IsNative: true } => NativeResponses.Text($"One {mark} three"),
        { IsChat: true } or { IsResponses: true } => Chat.Text($"One {mark} three"),
        _ => Script.Sse().SendEvent("image_generation.completed", $$"""{"type":"image_generation.completed","b64_json":"{{mark}}"}"""),
    };
}
