using AiGateway.Providers;
using Xunit;
using static AiGateway.Tests.Providers.HttpProviderFixture;

namespace AiGateway.Tests.Providers;

public sealed class HttpProviderHeaderTests
{
    [Fact]
    public async Task The_default_list_passes_what_it_names()
    {
        var request = await RequestAsync(
            o => o,
            ("traceparent", "00-1-2-03"),
            ("openai-beta", "assistants=v2"),
            ("Idempotency-Key", "k"),
            ("X-Other", "no"),
            ("User-Agent", "client/1"));

        Assert.Equal("00-1-2-03", request["traceparent"]);
        Assert.Equal("assistants=v2", request["OpenAI-Beta"]);
        Assert.Equal("k", request["Idempotency-Key"]);
        Assert.Null(request["X-Other"]);
        Assert.StartsWith("AiGateway/", request["User-Agent"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_list_passes_credentials_connection_or_content_headers()
    {
        string[] dangerous = ["Authorization", "api-key", "X-Api-Key", "Cookie", "Host", "Connection", "TE", "Upgrade", "Transfer-Encoding", "Content-Type", "Content-Length", "Content-Encoding", "Proxy-Authorization", "Keep-Alive"];
        var headers = dangerous.Select(name => (name, "evil")).Append(("X-Fine", "yes")).ToArray();

        var byPattern = await RequestAsync(o => o with { RequestHeaders = ["*"] }, headers);
        var byName = await RequestAsync(o => o with { RequestHeaders = [.. dangerous, "x-fine"] }, headers);

        foreach (var request in new[] { byPattern, byName })
        {
            Assert.Equal("yes", request["X-Fine"]);
            Assert.Equal($"Bearer {Key}", request["Authorization"]);
            Assert.All(dangerous, name => Assert.NotEqual("evil", request[name]));
        }
    }

    [Fact]
    public async Task A_configured_header_wins_over_a_passed_one()
    {
        var request = await RequestAsync(
            o => o with
            {
                RequestHeaders = ["OpenAI-*", "X-Team"],
                Headers = [new() { Name = "OpenAI-Organization", Value = "org-ours" }, new() { Name = "X-Team", Value = "ours" }],
            },
            ("openai-organization", "org-theirs"),
            ("OpenAI-Project", "proj"),
            ("X-Team", "theirs"));

        Assert.Equal("org-ours", request["OpenAI-Organization"]);
        Assert.Equal("ours", request["X-Team"]);
        Assert.Equal("proj", request["OpenAI-Project"]);
    }

    [Theory]
    [InlineData("a\r\nX-Injected: 1")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    [InlineData("ä")]
    public async Task A_value_that_http_does_not_allow_is_dropped(string value)
    {
        var request = await RequestAsync(o => o with { RequestHeaders = ["X-A", "Y-*"] }, ("X-A", value), ("Y-B", value));

        Assert.Null(request["X-A"]);
        Assert.Null(request["Y-B"]);
        Assert.Null(request["X-Injected"]);
    }

    [Fact]
    public void A_configured_header_or_key_that_http_does_not_allow_is_refused_without_showing_it()
    {
        var header = Assert.Throws<ArgumentException>(() => Create(Options("http://h") with { Headers = [new() { Name = "X-A", Value = "se\ncret" }] }));
        var key = Assert.Throws<ArgumentException>(() => Create(Options("http://h") with { ApiKey = "se\ncret" }));

        Assert.Contains("X-A", header.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("cret", header.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("cret", key.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_configured_authorization_stands_instead_of_the_key()
    {
        var request = await RequestAsync(o => o with { Headers = [new() { Name = "Authorization", Value = "Basic eA==" }] });

        Assert.Equal("Basic eA==", request["Authorization"]);
    }

    [Fact]
    public async Task Answers_pass_by_their_own_list()
    {
        const string Sent = "openai-processing-ms: 12\r\nX-RateLimit-Limit-Requests: 100\r\nx-ratelimit-reset-tokens: 6m0s\r\nx-request-id: up\r\n"
            + "Set-Cookie: a=b\r\nServer: vllm\r\nRetry-After: 3\r\nretry-after-ms: 2999\r\nx-ratelimit-bad: a\u00e9\r\n";

        Assert.Equal(
            ["openai-processing-ms=12", "X-RateLimit-Limit-Requests=100", "x-ratelimit-reset-tokens=6m0s", "retry-after-ms=2999"],
            await AnswerHeadersAsync(Sent, null));
        Assert.Equal(["x-request-id=up"], await AnswerHeadersAsync(Sent, ["X-Request-Id"]), StringComparer.OrdinalIgnoreCase);
        Assert.DoesNotContain(await AnswerHeadersAsync(Sent, ["*"]), h => h.StartsWith("Set-Cookie", StringComparison.OrdinalIgnoreCase));
    }

    private static async Task<RawRequest> RequestAsync(
        Func<ProviderOptions, ProviderOptions> configure, params (string Name, string Value)[] headers)
    {
        RawRequest? seen = null;
        await using var server = new RawServer(async c =>
        {
            seen = await c.ReadRequestAsync();
            await c.SendJsonAsync("{}");
        });
        using var provider = Create(configure(Options(server.Url)));
        await using var answer = await provider.SendAsync(Chat(headers: new ClientHeaders(headers)), CancellationToken.None);
        await answer.ReadTextAsync();
        return seen!;
    }

    private static async Task<string[]> AnswerHeadersAsync(string sent, string[]? allowed)
    {
        await using var server = new RawServer(async c =>
        {
            await c.ReadRequestAsync();
            await c.SendJsonAsync("{}", 200, sent);
        });
        using var provider = Create(Options(server.Url) with { ResponseHeaders = allowed });
        await using var answer = await provider.SendAsync(Chat(), CancellationToken.None);
        return [.. answer.Headers.Select(h => $"{h.Key}={h.Value}")];
    }
}
