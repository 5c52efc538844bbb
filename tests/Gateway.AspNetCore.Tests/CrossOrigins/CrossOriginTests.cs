using System.Net;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Configuration;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.CrossOrigins;

/// <summary>What browsers are told that ask for a page of another origin.</summary>
public sealed class CrossOriginTests
{
    private const string Page = "https://app.example.com";

    public static TheoryData<string, string> Routes => new()
    {
        { "POST", "/v1/chat/completions" },
        { "GET", "/v1/chat/completions/chatcmpl-1/messages" },
        { "POST", "/v1/responses" },
        { "DELETE", "/v1/responses/resp_1" },
        { "POST", "/v1/responses/resp_1/cancel" },
        { "POST", "/v1/responses/compact" },
        { "POST", "/v1/conversations" },
        { "DELETE", "/v1/conversations/conv_1/items/msg_1" },
        { "POST", "/v1/embeddings" },
        { "POST", "/v1/images/generations" },
        { "GET", "/v1/models" },
        { "GET", "/v1/models/a/b" },
        { "GET", "/health" },
        { "GET", "/health/ready" },
        { "GET", "/openapi/v1.json" },
        { "POST", "/v1/no/such/path" },
    };

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task A_preflight_is_answered_on_every_route(string method, string path)
    {
        await using var scene = await StartAsync(new CrossOriginOptions { Origins = [Page, "https://other.example.com"] });

        using var answer = await PreflightAsync(scene.Gateway, path, Page, method);

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal(Page, Header(answer, "Access-Control-Allow-Origin"));
        Assert.Contains(method, Header(answer, "Access-Control-Allow-Methods")!, StringComparison.Ordinal);
        Assert.Equal("authorization,content-type,x-stainless-os", Header(answer, "Access-Control-Allow-Headers"));
        Assert.Equal("600", Header(answer, "Access-Control-Max-Age"));
        Assert.Null(Header(answer, "Access-Control-Allow-Credentials"));
        Assert.Contains("Origin", Header(answer, "Vary")!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answers_and_errors_say_it_too()
    {
        await using var scene = await StartAsync(new CrossOriginOptions { Origins = [Page], Credentials = true });
        foreach (var (body, status) in new[] { ("""{"model":"m","input":"x"}""", HttpStatusCode.OK), ("{", HttpStatusCode.BadRequest) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/embeddings") { Content = new StringContent(body, null, "application/json") };
            request.Headers.Add("Origin", Page);
            using var answer = await scene.Gateway.Client.SendAsync(request);

            Assert.Equal(status, answer.StatusCode);
            Assert.Equal((Page, "true"), (Header(answer, "Access-Control-Allow-Origin"), Header(answer, "Access-Control-Allow-Credentials")));
            Assert.Contains("x-request-id", Header(answer, "Access-Control-Expose-Headers")!, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("https://evil.example.com", null)]
    [InlineData("null", null)]
    [InlineData("https://app.example.com.evil.com", null)]
    [InlineData("http://app.example.com", null)]
    public async Task Another_origin_is_told_nothing(string origin, string? allowed)
    {
        await using var scene = await StartAsync(new CrossOriginOptions { Origins = [Page] });

        using var answer = await PreflightAsync(scene.Gateway, "/v1/embeddings", origin, "POST");

        Assert.Equal(allowed, Header(answer, "Access-Control-Allow-Origin"));
    }

    // https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches: what one gets may not be given to another by a cache.
    [Theory]
    [InlineData(Page)]
    [InlineData("https://evil.example.com")]
    [InlineData(null)]
    public async Task Whoever_asks_caches_are_told_that_it_depends_on_that(string? origin)
    {
        await using var scene = await StartAsync(new CrossOriginOptions { Origins = [Page] });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        if (origin is not null)
            request.Headers.Add("Origin", origin);

        using var answer = await scene.Gateway.Client.SendAsync(request);

        Assert.Equal("Origin", Header(answer, "Vary"));
        Assert.Equal(origin == Page ? Page : null, Header(answer, "Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Methods_and_headers_are_those_configured()
    {
        await using var scene = await StartAsync(new CrossOriginOptions { Origins = ["*"], Methods = ["GET"], Headers = ["X-One"] });

        using var answer = await PreflightAsync(scene.Gateway, "/v1/models", Page, "GET");

        Assert.Equal(("*", "GET", "X-One"), (Header(answer, "Access-Control-Allow-Origin"), Header(answer, "Access-Control-Allow-Methods"), Header(answer, "Access-Control-Allow-Headers")));
    }

    [Fact]
    public async Task Unless_configured_it_is_off()
    {
        await using var scene = await StartAsync(new CrossOriginOptions());

        using var answer = await PreflightAsync(scene.Gateway, "/v1/embeddings", Page, "POST");

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.Null(Header(answer, "Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("https://a.example.com/", false, "Gateway:Cors:Origins:0 must be an origin such as https://app.example.com, without a path, or '*'.")]
    [InlineData("a.example.com", false, "Gateway:Cors:Origins:0 must be an origin such as https://app.example.com, without a path, or '*'.")]
    [InlineData("*", true, "Gateway:Cors:Credentials must not be true with the origin '*': every page there is could act for its visitors.")]
    public void Wrong_settings_are_refused(string origin, bool credentials, string problem)
    {
        var options = new GatewayOptions { Cors = new CrossOriginOptions { Origins = [origin], Credentials = credentials } };
        Assert.Equal([problem], Assert.Throws<GatewayConfigurationException>(() => new GatewayConfiguration(options)).Problems);
    }

    private static Task<HttpResponseMessage> PreflightAsync(TestGateway gateway, string path, string origin, string method)
    {
        var request = new HttpRequestMessage(HttpMethod.Options, path);
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", method);
        request.Headers.Add("Access-Control-Request-Headers", "authorization,content-type,x-stainless-os");
        return gateway.Client.SendAsync(request);
    }

    private static string? Header(HttpResponseMessage answer, string name) => answer.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;

    private static async Task<Scene> StartAsync(CrossOriginOptions cors)
    {
        var upstream = await ScriptedUpstream.StartAsync();
        return new Scene(upstream, await TestGateway.StartAsync(upstream, options: o => o with { Cors = cors }));
    }

    private sealed record Scene(ScriptedUpstream Upstream, TestGateway Gateway) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Gateway.DisposeAsync();
            await Upstream.DisposeAsync();
        }
    }
}
