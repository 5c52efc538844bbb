using System.Net;
using AiGateway.AspNetCore.Tests.BadInput;
using AiGateway.AspNetCore.Tests.BadProviders;
using AiGateway.AspNetCore.Tests.Clients;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Hooks;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.Hooks;

/// <summary>Hooks on what comes back: each event of a stream, the whole answer, the end.</summary>
public sealed class AnswerHookTests
{
    [Theory]
    [MemberData(nameof(Call.All), MemberType = typeof(Call))]
    public async Task One_class_of_every_kind_runs_at_each_step(string name)
    {
        var recorder = new Recorder();
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await Call.Of(name).StartAsync(upstream, hooks: recorder);

        using var response = await Call.Of(name).SendAsync(gateway);
        await response.Content.ReadAsStringAsync();
        var (call, result) = await recorder.Ended.Task.WaitAsync(Waits.Deadline);

        string[] expected = Call.Of(name).IsStream ? ["authentication", "request", "stream", "response"] : ["authentication", "request", "response"];
        Assert.Equal(expected, recorder.Ran);
        Assert.Equal(Call.Of(name).IsStream, result.IsStream);
        Assert.False(result.ClientLeft);
        Assert.Equal(("up", "m"), (call.Provider, call.AskedModel));
        Assert.Equal(response.Headers.GetValues("x-request-id").Single(), call.Id);
        Assert.NotNull(call.Usage);
        Assert.True(call.Usage.Value is { InputTokens: > 0, TotalTokens: > 0 }, call.Usage.ToString());
    }

    [Theory]
    [MemberData(nameof(Call.Streams), MemberType = typeof(Call))]
    public async Task Usage_is_known_though_the_client_left(string name)
    {
        var recorder = new Recorder();
        await Scene.RunAsync(
            name,
            call => call.UpstreamPath == "/v1/chat/completions"
                ? Chat.Reply(new ChatTurn { Text = "One two", UsagePlace = UsagePlace.EveryChunk }).Take(3).Hang()
                : Scene.Begun(call).Hang(),
            async scene =>
            {
                using var client = new ImpatientClient();
                var response = await client.SendAsync(scene.Gateway, scene.Call);
                await new WireReader(response).ReadUntilAsync(scene.Call switch { { IsChat: true } => "One", { IsNative: true } => "in_progress", { IsResponses: true } => "One", _ => "BBBB" });

                response.Dispose();

                var (call, result) = await recorder.Ended.Task.WaitAsync(Waits.Deadline);
                Assert.True(result.ClientLeft);
                if (scene.Call.UpstreamPath == "/v1/chat/completions")
                    Assert.Equal(17, call.Usage!.Value.TotalTokens);
                Assert.Empty(recorder.Errors);
            },
            hooks: recorder);
    }

    [Theory]
    [InlineData("chat stream")]
    [InlineData("responses stream")]
    [InlineData("native responses stream")]
    public async Task A_stream_hook_edits_the_text(string name)
    {
        var recorder = new Recorder { Stream = (_, e) => e.EditText(text => text.Replace("two", "2", StringComparison.Ordinal)) };
        await Scene.RunAsync(name, Scene.GoodStream, async scene =>
        {
            var body = (await scene.AskAsync()).Body;
            Assert.Contains("2", body, StringComparison.Ordinal);
            Assert.DoesNotContain("two", body, StringComparison.Ordinal);
            Assert.Contains("three", body, StringComparison.Ordinal);
        }, hooks: recorder);
    }

    [Fact]
    public async Task A_stream_hook_drops_and_changes_partial_images()
    {
        var recorder = new Recorder
        {
            Stream = (_, e) =>
            {
                if (e.Json["b64_json"]!.GetValue<string>() == "BBBB")
                    e.Drop();
                else
                    e.Json["seen"] = true;
            },
        };
        await Scene.RunAsync("images stream", Scene.GoodStream, async scene =>
        {
            var events = (await scene.AskAsync()).Events();
            Assert.Equal(3, events.Count);
            Assert.All(events, e => Assert.Contains("\"seen\":true", e.Data, StringComparison.Ordinal));
            Assert.DoesNotContain(events, e => e.Data.Contains("BBBB", StringComparison.Ordinal));
        }, hooks: recorder);
    }

    [Fact]
    public async Task A_dropped_chunk_does_not_reach_the_client_nor_the_next_hook()
    {
        var seen = new List<string>();
        var dropper = new Recorder
        {
            Stream = (_, e) =>
            {
                if (e.Json["choices"]![0]!["delta"]!["content"]?.GetValue<string>() is "two" or " two")
                    e.Drop();
            },
        };
        var next = new Recorder { Stream = (_, e) => seen.Add(e.Json.ToJsonString()) };
        await Scene.RunAsync("chat stream", Scene.GoodStream, async scene =>
        {
            Assert.DoesNotContain("two", (await scene.AskAsync()).Body, StringComparison.Ordinal);
            Assert.DoesNotContain(seen, e => e.Contains("two", StringComparison.Ordinal));
        }, hooks: [dropper, next]);
    }

    [Theory]
    [MemberData(nameof(Call.Whole), MemberType = typeof(Call))]
    public async Task A_response_hook_edits_the_body(string name)
    {
        var recorder = new Recorder
        {
            Response = (_, result) =>
            {
                result.Body!["by_hook"] = "é";
                result.EditText(text => text.ToUpperInvariant());
            },
        };
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await Call.Of(name).StartAsync(upstream, hooks: recorder);

        var body = await gateway.PostJsonAsync(Call.Of(name).Path, Call.Of(name).Body);

        Assert.Equal("é", body["by_hook"]!.GetValue<string>());
        if (Call.Of(name).IsChat || Call.Of(name).IsResponses)
            Assert.Contains("HELLO! HOW CAN I HELP", body.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Call.All), MemberType = typeof(Call))]
    public async Task Idle_hooks_change_no_byte(string name)
    {
        var call = Call.Of(name);
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var bare = await call.StartAsync(upstream);
        await using var hooked = await call.StartAsync(upstream, hooks: [new Recorder(), new Recorder()]);

        var without = await BodyAsync(bare);
        var with = await BodyAsync(hooked);

        Assert.Equal(Told(without), Told(with));
        Assert.Equal(upstream.Requests[0].Text, upstream.Requests[1].Text);

        async Task<string> BodyAsync(TestGateway gateway)
        {
            using var response = await call.SendAsync(gateway);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            return await response.Content.ReadAsStringAsync();
        }
    }

    [Fact]
    public async Task Models_go_through_the_hooks_too()
    {
        var recorder = new Recorder { Response = (_, result) => result.Body!["by_hook"] = true };
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await TestGateway.StartAsync(upstream, hooks: recorder);

        var list = await gateway.Client.GetStringAsync("/v1/models");

        Assert.Contains("\"by_hook\":true", list, StringComparison.Ordinal);
        Assert.Equal(["authentication", "request", "response"], recorder.Ran);
    }

    // Ids and times are new for each answer.
    private static string Told(string body) => System.Text.RegularExpressions.Regex.Replace(
        body, """(resp|msg|chatcmpl)[_-][A-Za-z0-9_-]+|"(created_at|completed_at|created)":\d+|"obfuscation":"[^"]*"|upstream/\d+/""", "…");
}
