using System.Net;
using AiGateway.AspNetCore.Tests.Background;
using AiGateway.AspNetCore.Tests.BadInput;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.AspNetCore.Tests.Responses;
using AiGateway.Providers;
using AiGateway.Routing;
using AiGateway.Upstream;
using Microsoft.Extensions.DependencyInjection;

namespace AiGateway.AspNetCore.Tests.Routing;

/// <summary>An answer that began well counts by how it ends: what breaks in mid-stream is against its provider, unless it was the client that left.</summary>
public sealed class BrokenStreamTests
{
    private const string Chat = """{"model":"m","stream":true,"messages":[{"role":"user","content":"Hi"}]}""";

    // Every single answer has to fail: one that was counted as good, when it began, would keep the breaker closed.
    private static readonly BreakerOptions Strict = new() { MinimumCalls = 2, FailureRatio = 1, BreakDuration = TimeSpan.FromSeconds(15) };

    public static TheoryData<string, string> Breaks
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var how in new[] { "reset", "closed", "error", "garbage" })
            {
                foreach (var call in new[] { "chat stream", "responses stream", "native responses stream" })
                    data.Add(call, how);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Breaks))]
    public async Task What_breaks_in_mid_stream_counts_against_the_provider(string name, string how)
    {
        var call = Call.Of(name);
        await using var scene = await StartAsync(call.IsNative);
        var begun = (call.IsNative ? NativeResponses.Text("One two three") : AiGateway.Upstream.Chat.Text("One two three")).Take(call.IsNative ? 5 : 3);
        scene.A.Always(how switch
        {
            "reset" => begun.Abort(),
            "closed" => begun.CloseEarly(),
            "error" => begun.SendError("server_error", "server_error", "Broke."),
            _ => begun.Garbage(),
        });

        await AskAsync(scene, call, 2);

        Assert.Equal((2, 0, "open"), (scene.A.Requests.Count, scene.B.Requests.Count, Health(scene).Breaker));
        scene.B.Always(call.IsNative ? NativeResponses.Text("Other") : AiGateway.Upstream.Chat.Text("Other"));
        Assert.Contains("Other", await AskAsync(scene, call, 1), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_response_that_fails_behind_its_first_words_counts()
    {
        var call = Call.Of("native responses stream");
        await using var scene = await StartAsync(native: true);
        scene.A.Always(NativeResponses.Failed("server_error", "Broke.", "One two"));

        await AskAsync(scene, call, 2);

        Assert.Equal((2, "open"), (scene.A.Requests.Count, Health(scene).Breaker));
    }

    [Fact]
    public async Task One_that_says_that_the_request_is_at_fault_does_not()
    {
        var call = Call.Of("native responses stream");
        await using var scene = await StartAsync(native: true);
        scene.A.Always(NativeResponses.Failed("invalid_prompt", "Not this.", "One two"));

        await AskAsync(scene, call, 3);

        Assert.Equal((3, "closed"), (scene.A.Requests.Count, Health(scene).Breaker));
    }

    [Fact]
    public async Task Silence_in_mid_stream_counts()
    {
        var time = new TestTime();
        await using var scene = await StartAsync(native: false, time, a => a with { IdleTimeout = TimeSpan.FromSeconds(5) });
        scene.A.Always(AiGateway.Upstream.Chat.Text("One two three").Take(2).Hang());

        for (var i = 0; i < 2; i++)
        {
            var asked = AskAsync(scene, Call.Of("chat stream"), 1);
            await scene.A.NextRequestAsync();
            await time.PassAsync(TimeSpan.FromSeconds(2), asked);
            Assert.Contains("provider_timeout", await asked, StringComparison.Ordinal);
        }

        Assert.Equal("open", Health(scene).Breaker);
    }

    [Fact]
    public async Task A_background_run_s_stream_counts_too()
    {
        await using var scene = await StartAsync(native: true);
        scene.A.Always(NativeResponses.Text("One two three").Take(5).Abort());

        for (var i = 0; i < 2; i++)
            Assert.Equal("failed", (await scene.Gateway.StreamAsync(BackgroundCalls.StreamRequest)).Final.Status());

        await Eventually.TrueAsync(() => Health(scene).Breaker == "open", "The breaker is not open.");
    }

    [Fact]
    public async Task A_whole_answer_that_breaks_off_counts_where_it_is_not_tried_again()
    {
        await using var scene = await StartAsync(native: false);
        scene.A.Always(AiGateway.Upstream.Chat.Text("One two three").Truncated());

        for (var i = 0; i < 2; i++)
            await scene.Gateway.PostJsonAsync("/v1/responses", """{"model":"m","input":"Hi"}""", HttpStatusCode.BadGateway);

        Assert.Equal((2, "open"), (scene.A.Requests.Count, Health(scene).Breaker));
    }

    [Fact]
    public async Task A_client_that_leaves_says_nothing_of_the_provider()
    {
        await using var scene = await StartAsync(native: false);
        scene.A.Always(AiGateway.Upstream.Chat.Text("One two three").Take(2).Hang());

        for (var i = 0; i < 3; i++)
        {
            using var leave = new CancellationTokenSource();
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = new StringContent(Chat, null, "application/json") };
            using (var response = await scene.Gateway.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead))
            {
                await using var body = await response.Content.ReadAsStreamAsync();
                _ = await body.ReadAsync(new byte[16]);
            }

            await scene.A.WaitForIdleAsync();
        }

        // None of them counts for it either: two that break are all that it knows of.
        Assert.Equal((3, "closed"), (scene.A.Requests.Count, Health(scene).Breaker));
        scene.A.Always(AiGateway.Upstream.Chat.Text("One two three").Take(2).Abort());
        await AskAsync(scene, Call.Of("chat stream"), 2);
        Assert.Equal("open", Health(scene).Breaker);
    }

    [Fact]
    public async Task Streams_that_end_well_count_for_it()
    {
        await using var scene = await StartAsync(native: false);
        var broken = AiGateway.Upstream.Chat.Text("One two three").Take(2).Abort();
        scene.A.Enqueue(AiGateway.Upstream.Chat.Text("Well."), broken, broken);

        await AskAsync(scene, Call.Of("chat stream"), 3);

        Assert.Equal((3, "closed"), (scene.A.Requests.Count, Health(scene).Breaker));
    }

    private static Task<TwoProviders> StartAsync(bool native, TimeProvider? time = null, Func<ProviderOptions, ProviderOptions>? a = null) => TwoProviders.StartAsync(
        p => (a ?? (x => x))(p with { Breaker = Strict, Apis = [native ? "responses" : "chat"] }),
        p => p with { Apis = [native ? "responses" : "chat"] },
        time: time);

    private static async Task<string> AskAsync(TwoProviders scene, Call call, int times)
    {
        var body = "";
        for (var i = 0; i < times; i++)
        {
            using var response = await call.SendAsync(scene.Gateway);
            body = await response.Content.ReadAsStringAsync();
        }

        return body;
    }

    private static ProviderHealth Health(TwoProviders scene) => scene.Gateway.Services.GetRequiredService<ModelRegistry>().Health()[0];
}
