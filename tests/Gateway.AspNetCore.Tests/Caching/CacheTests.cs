using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.AspNetCore.Tests.Responses;
using AiGateway.Configuration;
using AiGateway.Hooks;
using AiGateway.Metering;
using AiGateway.Pipeline;
using AiGateway.Upstream;
using Microsoft.Extensions.DependencyInjection;

namespace AiGateway.AspNetCore.Tests.Caching;

/// <summary>Answers that are given again: for whom, for how long, and what is not.</summary>
public sealed class CacheTests
{
    private const string Embeddings = """{"model":"m","input":"Hi"}""";
    private const string Chat = """{"model":"m","temperature":0,"messages":[{"role":"user","content":"Hi"}]}""";
    private const string Response = """{"model":"m","temperature":0,"store":false,"input":"Hi"}""";

    [Theory]
    [InlineData("/v1/embeddings", Embeddings, false)]
    [InlineData("/v1/chat/completions", Chat, false)]
    [InlineData("/v1/chat/completions", Chat, true)]
    [InlineData("/v1/responses", Response, false)]
    [InlineData("/v1/responses", Response, true)]
    [InlineData("/v1/chat/completions", """{"model":"m","seed":7,"temperature":1,"messages":[]}""", false)]
    public async Task What_is_asked_again_is_not_asked_of_the_provider(string path, string body, bool native)
    {
        await using var scene = await Scene.StartAsync(All, native);

        var first = await scene.AskAsync(path, body);
        scene.Time.Advance(TimeSpan.FromSeconds(90));
        var second = await scene.AskAsync(path, body);

        Assert.Equal(("miss", "hit", "90"), (first.Cache, second.Cache, second.Age));
        Assert.Single(scene.Upstream.Requests);
        Assert.Equal("up", second.Provider);
        if (path != "/v1/responses")
        {
            Assert.Equal(first.Body, second.Body);
            return;
        }

        // A response of its own, with ids of its own.
        var (one, two) = (JsonNode.Parse(first.Body)!.AsObject(), JsonNode.Parse(second.Body)!.AsObject());
        Assert.NotEqual(one["id"]!.ToString(), two["id"]!.ToString());
        Assert.Equal(one["output"]![0]!["content"]!.ToJsonString(), two["output"]![0]!["content"]!.ToJsonString());
    }

    [Theory]
    [InlineData("/v1/chat/completions", """{"model":"m","messages":[]}""")]
    [InlineData("/v1/chat/completions", """{"model":"m","temperature":0.1,"messages":[]}""")]
    [InlineData("/v1/chat/completions", """{"model":"m","temperature":0,"temperature":1,"messages":[]}""")]
    [InlineData("/v1/chat/completions", """{"model":"m","temperature":0,"seed":null,"store":true,"messages":[{"role":"user","content":"x"}]}""")]
    [InlineData("/v1/chat/completions", """{"model":"m","temperature":0,"tools":[{"type":"web_search"}],"messages":[]}""")]
    [InlineData("/v1/responses", """{"model":"m","temperature":0,"input":"Hi"}""")]
    [InlineData("/v1/images/generations", """{"model":"m","prompt":"Hi"}""")]
    public async Task What_might_be_answered_otherwise_or_leaves_something_behind_is_asked_each_time(string path, string body)
    {
        await using var scene = await Scene.StartAsync(All);

        Assert.Null((await scene.AskAsync(path, body)).Cache);
        Assert.Null((await scene.AskAsync(path, body)).Cache);

        Assert.Equal(2, scene.Upstream.Requests.Count);
    }

    [Fact]
    public async Task Streams_are_asked_each_time()
    {
        await using var scene = await Scene.StartAsync(All);
        var stream = Chat.Replace("\"messages\"", "\"stream\":true,\"messages\"", StringComparison.Ordinal);

        await scene.AskAsync("/v1/chat/completions", stream);
        await scene.AskAsync("/v1/chat/completions", stream);

        Assert.Equal(2, scene.Upstream.Requests.Count);
    }

    [Fact]
    public async Task Without_being_asked_for_it_there_is_no_cache()
    {
        await using var scene = await Scene.StartAsync(new CacheOptions());

        Assert.Null((await scene.AskAsync("/v1/embeddings", Embeddings)).Cache);
        Assert.Equal("miss", (await scene.AskAsync("/v1/embeddings", Embeddings, ("x-aigateway-cache", "on"))).Cache);
        Assert.Equal("hit", (await scene.AskAsync("/v1/embeddings", Embeddings, ("x-aigateway-cache", "on"))).Cache);
        Assert.Equal(2, scene.Upstream.Requests.Count);
    }

    [Fact]
    public async Task A_client_may_do_without_it_and_an_operator_may_forbid_the_header()
    {
        await using var scene = await Scene.StartAsync(All);
        Assert.Null((await scene.AskAsync("/v1/embeddings", Embeddings, ("x-aigateway-cache", "off"))).Cache);

        await using var strict = await Scene.StartAsync(new CacheOptions { AllowHeader = false });
        Assert.Null((await strict.AskAsync("/v1/embeddings", Embeddings, ("x-aigateway-cache", "on"))).Cache);

        await using var none = await Scene.StartAsync(All with { MaxBytes = 0 });
        Assert.Null((await none.AskAsync("/v1/embeddings", Embeddings)).Cache);
    }

    [Fact]
    public async Task Cache_control_is_heard()
    {
        await using var scene = await Scene.StartAsync(All);

        Assert.Equal("bypass", await CacheAsync("no-store"));
        Assert.Equal("miss", await CacheAsync("max-age=60"));
        Assert.Equal("hit", await CacheAsync("max-age=0"));
        scene.Time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal("hit", await CacheAsync("max-age=61"));
        Assert.Equal("miss", await CacheAsync("Max-Age=\"60\", x"));
        Assert.Equal("hit", await CacheAsync("max-age=60"));
        Assert.Equal("bypass", await CacheAsync("private, NO-CACHE"));
        Assert.Equal("bypass", await CacheAsync("no-store"));
        Assert.Equal(5, scene.Upstream.Requests.Count);
        scene.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal("miss", await CacheAsync("x"));

        async Task<string?> CacheAsync(string control) => (await scene.AskAsync("/v1/embeddings", Embeddings, ("Cache-Control", control))).Cache;
    }

    [Theory]
    [InlineData("/v1/embeddings", Embeddings, false)]
    [InlineData("/v1/chat/completions", Chat, false)]
    [InlineData("/v1/responses", Response, true)]
    public async Task Only_what_is_cached_is_given_to_who_wants_nothing_else(string path, string body, bool native)
    {
        await using var scene = await Scene.StartAsync(All, native);

        var none = await scene.AskAsync(path, body, ("Cache-Control", "only-if-cached"));
        Assert.Equal((HttpStatusCode.GatewayTimeout, "miss", null), (none.Status, none.Cache, none.Provider));
        Assert.Equal("not_cached", JsonNode.Parse(none.Body)!["error"]!["code"]!.ToString());
        Assert.Empty(scene.Upstream.Requests);

        await scene.AskAsync(path, body);
        scene.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal((HttpStatusCode.OK, "hit"), await OnlyAsync("Only-If-Cached, max-age=10"));
        Assert.Equal((HttpStatusCode.GatewayTimeout, "miss"), await OnlyAsync("only-if-cached, max-age=9"));
        Assert.Equal((HttpStatusCode.GatewayTimeout, "miss"), await OnlyAsync("only-if-cached, no-cache"));
        Assert.Equal((HttpStatusCode.GatewayTimeout, "miss"), await OnlyAsync("only-if-cached, no-store"));
        Assert.Single(scene.Upstream.Requests);

        async Task<(HttpStatusCode, string?)> OnlyAsync(string control) => await scene.AskAsync(path, body, ("Cache-Control", control)) is var answer ? (answer.Status, answer.Cache) : default;
    }

    [Theory]
    [InlineData("""{"model":"m","messages":[]}""")]
    [InlineData("""{"model":"m","temperature":0,"stream":true,"messages":[]}""")]
    public async Task What_is_never_cached_is_not_asked_for_either_by_who_wants_only_that(string body)
    {
        await using var scene = await Scene.StartAsync(All);

        Assert.Equal(HttpStatusCode.GatewayTimeout, (await scene.AskAsync("/v1/chat/completions", body, ("Cache-Control", "only-if-cached"))).Status);
        Assert.Empty(scene.Upstream.Requests);

        // Where no cache is wanted, nothing is heard of it.
        Assert.Equal(HttpStatusCode.OK, (await scene.AskAsync("/v1/chat/completions", body, ("Cache-Control", "only-if-cached"), ("x-aigateway-cache", "off"))).Status);
    }

    [Theory]
    [InlineData("no-store", false, false)]
    [InlineData("max-age=60, No-Store", false, true)]
    [InlineData("private", false, false)]
    [InlineData("no-cache, must-revalidate", true, false)]
    [InlineData("max-age=0", true, true)]
    public async Task A_provider_may_keep_its_answers_out_of_the_cache(string control, bool isKept, bool isRouted)
    {
        await using var scene = await Scene.StartAsync(All, isRouted: isRouted);
        scene.Upstream.Always(AiGateway.Upstream.Chat.Text("Hi.").Header("Cache-Control", control));

        Assert.Equal("miss", (await scene.AskAsync("/v1/chat/completions", Chat)).Cache);
        Assert.Equal(isKept ? "hit" : "miss", (await scene.AskAsync("/v1/chat/completions", Chat)).Cache);
        Assert.Equal(isKept ? 1 : 2, scene.Upstream.Requests.Count);
    }

    [Fact]
    public async Task What_a_provider_keeps_out_of_the_cache_is_not_shared_by_like_calls_at_one_time_either()
    {
        await using var scene = await Scene.StartAsync(All);
        var gate = new TaskCompletionSource();
        scene.Upstream.Always(AiGateway.Upstream.Chat.Text("Yours.").Header("Cache-Control", "private").WaitBeforeHeaders(gate.Task));
        var calls = new List<Task<Answer>> { scene.AskAsync("/v1/chat/completions", Chat) };
        await scene.Upstream.NextRequestAsync();
        calls.AddRange(Enumerable.Range(0, 2).Select(_ => scene.AskAsync("/v1/chat/completions", Chat)));
        await scene.WaitingAsync(2);
        gate.SetResult();

        Assert.All(await Task.WhenAll(calls), answer => Assert.Equal("miss", answer.Cache));
        Assert.Equal(3, scene.Upstream.Requests.Count);
    }

    [Fact]
    public async Task Tenants_share_nothing_and_neither_do_headers_that_a_provider_sees()
    {
        await using var scene = await Scene.StartAsync(All, hooks: new KeyIsTenant());

        Assert.Equal("miss", (await scene.AskAsync("/v1/embeddings", Embeddings, ("Authorization", "Bearer one"))).Cache);
        Assert.Equal("miss", (await scene.AskAsync("/v1/embeddings", Embeddings, ("Authorization", "Bearer two"))).Cache);
        Assert.Equal("hit", (await scene.AskAsync("/v1/embeddings", Embeddings, ("Authorization", "Bearer one"))).Cache);
        Assert.Equal("miss", (await scene.AskAsync("/v1/embeddings", Embeddings, ("Authorization", "Bearer one"), ("OpenAI-Beta", "x"))).Cache);
        Assert.Equal("hit", (await scene.AskAsync("/v1/embeddings", Embeddings, ("Authorization", "Bearer one"), ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"))).Cache);
    }

    [Fact]
    public async Task Errors_are_not_kept()
    {
        await using var scene = await Scene.StartAsync(All);
        scene.Upstream.Enqueue(Errors.ServerError(), Script.Json("""{"error":{"message":"No."}}"""));

        Assert.Equal(HttpStatusCode.InternalServerError, (await scene.AskAsync("/v1/embeddings", Embeddings)).Status);
        Assert.NotEqual(HttpStatusCode.OK, (await scene.AskAsync("/v1/embeddings", Embeddings)).Status);
        Assert.Equal((HttpStatusCode.OK, "miss"), ((await scene.AskAsync("/v1/embeddings", Embeddings)) is var a ? (a.Status, a.Cache) : default));
    }

    [Fact]
    public async Task Like_calls_at_one_time_are_one_and_who_leaves_takes_nobody_along()
    {
        await using var scene = await Scene.StartAsync(All);
        var gate = new TaskCompletionSource();
        scene.Upstream.Enqueue(AiGateway.Upstream.Chat.Text("Once.").WaitBeforeHeaders(gate.Task));
        using var leave = new CancellationTokenSource();
        var leaving = scene.Gateway.PostAsync("/v1/chat/completions", Chat, cancellationToken: leave.Token);
        await scene.Upstream.NextRequestAsync();
        var others = Enumerable.Range(0, 5).Select(_ => scene.AskAsync("/v1/chat/completions", Chat)).ToList();
        using var waits = new CancellationTokenSource();
        var waiting = scene.Gateway.PostAsync("/v1/chat/completions", Chat, cancellationToken: waits.Token);
        await scene.WaitingAsync(6);

        // The one that asks, and one that waits for it.
        await leave.CancelAsync();
        await waits.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await scene.EndedAsync(1);
        gate.SetResult();
        var answers = await Task.WhenAll(others);

        Assert.All(answers, answer => Assert.Contains("Once.", answer.Body, StringComparison.Ordinal));
        Assert.All(answers, answer => Assert.Equal("hit", answer.Cache));
        Assert.Single(scene.Upstream.Requests);

        // Who asked has used it, though it was not there any more to hear the answer; what the provider says of it counts.
        await scene.EndedAsync(7);
        var asked = Assert.Single(scene.Ended, meter => meter.Attempts == 1);
        Assert.Equal((CallOutcome.ClientLeft, UsageSource.Provider), (asked.Outcome, asked.UsageSource));
    }

    [Fact]
    public async Task Where_nobody_waits_any_more_the_provider_is_let_go()
    {
        await using var scene = await Scene.StartAsync(All);
        scene.Upstream.Enqueue(Script.Silent());
        using var leave = new CancellationTokenSource();
        var calls = new List<Task<HttpResponseMessage>> { scene.Gateway.PostAsync("/v1/chat/completions", Chat, cancellationToken: leave.Token) };
        var request = await scene.Upstream.NextRequestAsync();
        calls.AddRange(Enumerable.Range(0, 3).Select(_ => scene.Gateway.PostAsync("/v1/chat/completions", Chat, cancellationToken: leave.Token)));
        await scene.WaitingAsync(3);

        await leave.CancelAsync();

        foreach (var call in calls)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await request.Aborted;
        Assert.Equal("miss", (await scene.AskAsync("/v1/chat/completions", Chat)).Cache);
        Assert.Equal(2, scene.Upstream.Requests.Count);
    }

    [Fact]
    public async Task Hooks_see_it_and_it_costs_nothing_and_nothing_is_counted()
    {
        var seen = new Seen();
        await using var scene = await Scene.StartAsync(All, hooks: seen);

        await scene.AskAsync("/v1/chat/completions", Chat);
        await scene.AskAsync("/v1/chat/completions", Chat);

        Assert.Equal(2, seen.Answers);
        await scene.EndedAsync(2);
        Assert.Equal([(false, true), (true, false)], scene.Ended.Select(meter => (meter.IsCached, meter.Usage is not null)));
        Assert.Equal(0, scene.Ended[1].Attempts);
    }

    private static readonly CacheOptions All = new() { Apis = ["embeddings", "chat", "responses"] };

    private sealed class Seen : IResponseHook
    {
        private int _answers;

        public int Answers => _answers;

        public ValueTask OnResponseAsync(GatewayCall call, CallResult result, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _answers);
            return default;
        }
    }

    private sealed record Answer(HttpStatusCode Status, string? Cache, string? Age, string? Provider, string Body);

    private sealed class Scene : ICallObserver, IAsyncDisposable
    {
        private readonly Lock _gate = new();
        private readonly List<CallMeter> _ended = [];

        public ScriptedUpstream Upstream { get; private set; } = null!;

        public TestGateway Gateway { get; private set; } = null!;

        public TestTime Time { get; } = new();

        public IReadOnlyList<CallMeter> Ended
        {
            get
            {
                lock (_gate)
                    return [.. _ended];
            }
        }

        public static async Task<Scene> StartAsync(CacheOptions cache, bool native = false, bool isRouted = false, params IGatewayHook[] hooks)
        {
            var scene = new Scene { Upstream = await ScriptedUpstream.StartAsync() };
            var options = new GatewayOptions
            {
                Cache = cache,
                Providers = [new() { Name = "up", BaseUrl = scene.Upstream.BaseUrl, Apis = native ? ["responses"] : ["chat", "embeddings", "images"] }],
                Models = [isRouted ? new() { Name = "*", Routes = [new() { Provider = "up" }, new() { Provider = "up", RewriteTo = "x" }] } : new() { Name = "*", Provider = "up" }],
            };
            scene.Gateway = await TestGateway.StartAsync(
                options, services => services.AddSingleton<TimeProvider>(scene.Time).AddSingleton<ICallObserver>(scene), hooks);
            return scene;
        }

        public async Task<Answer> AskAsync(string path, string body, params (string Name, string Value)[] headers)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
            foreach (var (name, value) in headers)
                request.Headers.TryAddWithoutValidation(name, value);
            using var response = await Gateway.Client.SendAsync(request);
            return new Answer(
                response.StatusCode, Header(response.Headers, "x-aigateway-cache"), Header(response.Headers, "Age"), Header(response.Headers, "x-aigateway-provider"), await response.Content.ReadAsStringAsync());
        }

        public void OnBegun(CallMeter call)
        {
        }

        public void OnEnded(CallMeter call)
        {
            lock (_gate)
                _ended.Add(call);
        }

        /// <summary>So many calls wait for another's answer.</summary>
        public Task WaitingAsync(int calls) => Eventually.TrueAsync(() => Gateway.Services.GetRequiredService<AnswerCache>().Waiting == calls, $"There are not {calls} calls waiting.");

        public Task EndedAsync(int calls) => Eventually.TrueAsync(() => Ended.Count >= calls, $"Not {calls} calls have ended.");

        public async ValueTask DisposeAsync()
        {
            await Gateway.DisposeAsync();
            await Upstream.DisposeAsync();
        }

        private static string? Header(HttpResponseHeaders headers, string name) => headers.TryGetValues(name, out var values) ? values.Single() : null;
    }
}
