using AiGateway.AspNetCore.Tests.BadInput;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Configuration;
using AiGateway.Providers;
using AiGateway.Routing;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.Models;

/// <summary>From a model's name to a provider's door: which one, by which API, at which address, with which headers.</summary>
public sealed class RoutingTests
{
    [Theory]
    [InlineData("", "/v1/chat/completions")]
    [InlineData("/", "/v1/chat/completions")]
    [InlineData("/v1", "/v1/chat/completions")]
    [InlineData("/v1/", "/v1/chat/completions")]
    [InlineData("/v1//", "/v1/chat/completions")]
    [InlineData("/v1beta", "/v1beta/v1/chat/completions")]
    [InlineData("/api/v1", "/api/v1/chat/completions")]
    [InlineData("/openai/", "/openai/v1/chat/completions")]
    public async Task A_base_URL_is_joined_by_whole_segments(string path, string expected)
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await TestGateway.StartAsync(upstream, p => p with { BaseUrl = upstream.WithPath(path) });

        await gateway.PostJsonAsync("/v1/chat/completions", Call.Of("chat").Body);

        Assert.Equal(expected, upstream.Requests.Single().RawTarget);
    }

    [Theory]
    [InlineData("/v1beta/openai", "/v1beta/openai", "/v1beta/openai/chat/completions")]
    [InlineData("/v1beta", "/v1beta", "/v1beta/chat/completions")]
    [InlineData("/v4", "/v4", "/v4/chat/completions")]
    public async Task A_base_path_of_the_providers_own_takes_the_place_of_v1(string path, string basePath, string expected)
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await TestGateway.StartAsync(upstream, p => p with { BaseUrl = upstream.WithPath(path), BasePath = basePath });

        await gateway.PostJsonAsync("/v1/chat/completions", Call.Of("chat").Body);

        Assert.Equal(expected, upstream.Requests.Single().RawTarget);
    }

    [Fact]
    public async Task Each_model_goes_to_its_own_provider_with_its_own_key()
    {
        await using var one = await ScriptedUpstream.StartAsync();
        await using var two = await ScriptedUpstream.StartAsync();
        await using var gateway = await TestGateway.StartAsync(new GatewayOptions
        {
            Providers = [new() { Name = "one", BaseUrl = one.BaseUrl, ApiKey = "sk-one-key" }, new() { Name = "two", BaseUrl = two.BaseUrl, ApiKey = "sk-two-key" }],
            Models = [new() { Name = "a", Provider = "one" }, new() { Name = "*", Provider = "two" }, new() { Name = "gpt-*", Provider = "one" }],
        });

        foreach (var model in new[] { "a", "gpt-5", "gpt", "b" })
            await gateway.PostJsonAsync("/v1/chat/completions", $$"""{"model":"{{model}}","messages":[]}""");

        Assert.Equal(["a", "gpt-5"], one.Requests.Select(r => r.Json["model"]!.GetValue<string>()));
        Assert.Equal(["gpt", "b"], two.Requests.Select(r => r.Json["model"]!.GetValue<string>()));
        Assert.All(one.Requests, r => Assert.Equal("Bearer sk-one-key", r.Header("Authorization")));
        Assert.All(two.Requests, r => Assert.Equal("Bearer sk-two-key", r.Header("Authorization")));
    }

    [Theory]
    [InlineData(null, "/v1/chat/completions", "/v1/responses")]
    [InlineData("chat", "/v1/chat/completions", "/v1/chat/completions")]
    public async Task The_preferred_API_is_the_one_called(string? preferred, string chatTarget, string responsesTarget)
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await TestGateway.StartAsync(
            upstream,
            p => p with { Apis = ["chat", "responses"] },
            o => o with { Models = [new ModelOptions { Name = "m", Provider = "up", PreferredApi = preferred }] });

        await gateway.PostJsonAsync("/v1/chat/completions", Call.Of("chat").Body);
        await gateway.PostJsonAsync("/v1/responses", Call.Of("responses").Body);

        Assert.Equal([chatTarget, responsesTarget], upstream.Requests.Select(r => r.RawTarget));
    }

    [Theory]
    [MemberData(nameof(Call.All), MemberType = typeof(Call))]
    public async Task Only_listed_headers_pass_either_way(string name)
    {
        var call = Call.Of(name);
        await using var upstream = await ScriptedUpstream.StartAsync();
        upstream.Always(call.IsStream
            ? Told(BadProviders.Scene.GoodStream(call))
            : Told(Script.By(r => Good(call))));
        await using var gateway = await call.StartAsync(upstream, p => p with
        {
            RequestHeaders = ["X-Listed", "X-Team-*"],
            ResponseHeaders = ["x-told", "x-ratelimit-*"],
            Headers = [new HeaderOptions { Name = "X-Own", Value = "own" }, new HeaderOptions { Name = "X-Team-Fixed", Value = "ours" }],
        });

        var request = new HttpRequestMessage(HttpMethod.Post, call.Path) { Content = new StringContent(call.Body, System.Text.Encoding.UTF8, "application/json") };
        foreach (var (header, value) in new[] { ("X-Listed", "1"), ("X-Team-A", "2"), ("X-Team-Fixed", "theirs"), ("X-Own", "theirs"), ("X-Unlisted", "no"), ("Cookie", "a=b"), ("Authorization", "Bearer sk-client"), ("OpenAI-Beta", "no") })
            request.Headers.TryAddWithoutValidation(header, value);
        using var response = await gateway.Client.SendAsync(request);
        await response.Content.ReadAsStringAsync();

        var received = upstream.Requests.Single();
        Assert.Equal(("1", "2", "ours", "own"), (received.Header("X-Listed"), received.Header("X-Team-A"), received.Header("X-Team-Fixed"), received.Header("X-Own")));
        Assert.All(new[] { "X-Unlisted", "Cookie", "OpenAI-Beta" }, h => Assert.Null(received.Header(h)));
        Assert.Equal("Bearer sk-upstream-secret", received.Header("Authorization"));
        Assert.Equal(("told", "9"), (response.Headers.GetValues("x-told").Single(), response.Headers.GetValues("x-ratelimit-limit-requests").Single()));
        Assert.False(response.Headers.Contains("x-silent") || response.Headers.Contains("Set-Cookie") || response.Headers.Contains("openai-version"));
        Assert.StartsWith("req_", response.Headers.GetValues("x-request-id").Single(), StringComparison.Ordinal);
    }

    private static Script Good(Call call) => call switch
    {
        { IsNative: true } => NativeResponses.Text("Hi"),
        { IsChat: true } or { IsResponses: true } => Chat.Text("Hi"),
        _ => Script.Json("""{"object":"list","created":1,"data":[]}"""),
    };

    private static Script Told(Script script) => script
        .Header("x-told", "told").Header("x-silent", "no").Header("Set-Cookie", "a=b").Header("openai-version", "1").Header("x-ratelimit-limit-requests", "9").Header("x-request-id", "theirs");
}
