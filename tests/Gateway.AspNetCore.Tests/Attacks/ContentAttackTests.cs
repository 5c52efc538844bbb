using System.Net;
using System.Text;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Configuration;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.Attacks;

/// <summary>Attacks by what stands in bodies and paths.</summary>
public sealed class ContentAttackTests : IAsyncLifetime
{
    private ScriptedUpstream _upstream = null!, _victim = null!;
    private TestGateway _gateway = null!;

    public async Task InitializeAsync()
    {
        _upstream = await ScriptedUpstream.StartAsync();
        _victim = await ScriptedUpstream.StartAsync();
        _gateway = await TestGateway.StartAsync(_upstream, options: o => o with { Telemetry = new TelemetryOptions { AccessLog = true } });
    }

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _upstream.DisposeAsync();
        await _victim.DisposeAsync();
    }

    // Every field that holds an address, and some that look as if they might.
    [Theory]
    [InlineData("/v1/chat/completions", """{"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"URL"}}]}]}""")]
    [InlineData("/v1/responses", """{"model":"m","input":[{"role":"user","content":[{"type":"input_image","image_url":"URL"}]}]}""")]
    [InlineData("/v1/responses", """{"model":"m","input":[{"role":"user","content":[{"type":"input_file","file_url":"URL"}]}]}""")]
    [InlineData("/v1/responses", """{"model":"m","input":"x","tools":[{"type":"mcp","server_label":"s","server_url":"URL"}]}""")]
    [InlineData("/v1/responses", """{"model":"m","input":"x","webhook_url":"URL","metadata":{"webhook":"URL"}}""")]
    [InlineData("/v1/responses", """{"model":"m","input":"x","background":true,"metadata":{"callback_url":"URL"}}""")]
    [InlineData("/v1/responses/compact", """{"model":"m","input":[{"role":"user","content":[{"type":"input_image","image_url":"URL"}]}]}""")]
    [InlineData("/v1/responses/input_tokens", """{"model":"m","input":[{"role":"user","content":[{"type":"input_image","image_url":"URL"}]}]}""")]
    [InlineData("/v1/images/generations", """{"model":"m","prompt":"x","image":"URL","base_url":"URL","api_base":"URL"}""")]
    [InlineData("/v1/embeddings", """{"model":"m","input":"URL","base_url":"URL","api_base":"URL","provider":"URL"}""")]
    [InlineData("/v1/embeddings", """{"model":"URL","input":"x"}""")]
    public async Task Addresses_are_passed_on_and_never_followed(string path, string body)
    {
        using var answer = await _gateway.PostAsync(path, body.Replace("URL", _victim.BaseUrl + "/secret.png", StringComparison.Ordinal));

        await _upstream.WaitForIdleAsync();
        Assert.True((int)answer.StatusCode < 500);
        Assert.Equal(0, _victim.ConnectionsEver);
    }

    [Theory]
    [InlineData("/v1/responses/..%2f..%2fadmin")]
    [InlineData("/v1/responses/%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("/v1/responses/resp_..%5c..%5cx")]
    [InlineData("/v1/responses/resp_%00x")]
    [InlineData("/v1/responses/resp_%0d%0aX-Evil:%201")]
    [InlineData("/v1/conversations/..%2fconv_1/items/..%2f..")]
    [InlineData("/v1/chat/completions/..%2fx/messages")]
    [InlineData("/v1/responses/resp_1%27%20OR%201=1--")]
    public async Task Ids_lead_nowhere_else(string path)
    {
        var heard = await RawClient.AskAsync(_gateway.Address, $"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        Assert.Contains(heard[9..12], (string[])["404", "400"]);
        Assert.DoesNotContain("\r\nX-Evil", heard.Split("\r\n\r\n")[0], StringComparison.OrdinalIgnoreCase);
        Assert.Empty(_upstream.Requests);
        AssertNoForgedLines("X-Evil");
    }

    [Theory]
    [InlineData("..%2f..%2fadmin")]
    [InlineData("..")]
    [InlineData("a%2f..%2f..%2f..%2fadmin%3fx=1")]
    [InlineData("%0d%0aX-Evil:%201")]
    public async Task A_model_s_name_in_a_path_is_a_name(string name)
    {
        var heard = await RawClient.AskAsync(_gateway.Address, $"GET /v1/models/{name} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        Assert.InRange(int.Parse(heard[9..12], null), 200, 404);
        Assert.DoesNotContain("\r\nX-Evil", heard.Split("\r\n\r\n")[0], StringComparison.OrdinalIgnoreCase);
        Assert.All(_upstream.Requests, request => Assert.StartsWith("/v1/models", request.RawPath, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/v1/chat/completions", "messages")]
    [InlineData("/v1/responses", "input")]
    [InlineData("/v1/embeddings", "input")]
    [InlineData("/v1/images/generations", "prompt")]
    public async Task Depth_is_bounded(string path, string field)
    {
        var deep = new string('[', 100_000) + new string(']', 100_000);
        await _gateway.PostJsonAsync(path, $$"""{"model":"m","{{field}}":{{deep}}}""", HttpStatusCode.BadRequest);
        await _gateway.PostJsonAsync(path, $$"""{"model":"m","{{field}}":"x","extra":{{string.Concat(Enumerable.Repeat("{\"a\":", 50_000))}}1{{new string('}', 50_000)}}}""", HttpStatusCode.BadRequest);
        Assert.Empty(_upstream.Requests);
    }

    [Theory]
    [InlineData("1e999999")]
    [InlineData("-1e999999")]
    [InlineData("123456789012345678901234567890123456789012345678901234567890")]
    [InlineData("0.0000000000000000000000000000000000000000000000000000000000001")]
    public async Task Numbers_of_any_size_break_nothing(string number)
    {
        foreach (var (path, body) in new[]
        {
            ("/v1/chat/completions", $$"""{"model":"m","temperature":{{number}},"seed":{{number}},"n":{{number}},"messages":[]}"""),
            ("/v1/responses", $$"""{"model":"m","temperature":{{number}},"max_output_tokens":{{number}},"input":"x"}"""),
            ("/v1/embeddings", $$"""{"model":"m","dimensions":{{number}},"input":"x"}"""),
        })
        {
            using var answer = await _gateway.PostAsync(path, body);
            Assert.True((int)answer.StatusCode < 500, $"{path}: {answer.StatusCode}");
        }
    }

    // Whoever checks the one and sends the other could be had: the provider must see the model that was routed.
    [Theory]
    [InlineData("/v1/embeddings", """{"model":"cheap","input":"x","model":"dear"}""")]
    [InlineData("/v1/chat/completions", """{"model":"cheap","messages":[],"mod\u0065l":"dear"}""")]
    [InlineData("/v1/responses", """{"model":"cheap","input":"x","model":"dear"}""")]
    public async Task A_member_that_is_there_twice_is_not_read_in_two_ways(string path, string body)
    {
        using var answer = await _gateway.PostAsync(path, body);

        if (answer.StatusCode == HttpStatusCode.BadRequest)
        {
            Assert.Empty(_upstream.Requests);
            return;
        }

        var sent = _upstream.Requests.Single();
        var models = Encoding.UTF8.GetString(sent.Body).Split("dear").Length - 1 + (sent.Text.Split("cheap").Length - 1);
        Assert.Equal(1, models);
    }

    [Theory]
    [InlineData("m\\u0000x")]
    [InlineData("m\\r\\nX-Evil: 1")]
    [InlineData("\\ud800")]
    public async Task Characters_that_are_none_break_no_line(string model)
    {
        using var answer = await _gateway.PostAsync("/v1/embeddings", $$"""{"model":"{{model}}","input":"x"}""");

        Assert.True((int)answer.StatusCode < 500);
        Assert.False(answer.Headers.Contains("X-Evil"));
        Assert.All(_upstream.Requests, request => Assert.Null(request.Header("X-Evil")));
        AssertNoForgedLines("X-Evil");
    }

    [Fact]
    public async Task A_provider_s_words_write_no_lines_of_the_log()
    {
        _upstream.Always(Errors.OpenAi(503, "server_error", "x\r\nX-Evil: forged", "m\r\nX-Evil: forged"));

        using var answer = await _gateway.PostAsync("/v1/embeddings", """{"model":"m","input":"x"}""");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.DoesNotContain(OwnLines(), line => line.Text.Contains("\nX-Evil", StringComparison.Ordinal));
    }

    private void AssertNoForgedLines(string mark) => Assert.DoesNotContain(OwnLines(), line => line.Text.Contains("\n" + mark, StringComparison.Ordinal));

    // The server's own diagnostics, which these tests switch on and no gateway does, are not the gateway's.
    private IEnumerable<(Microsoft.Extensions.Logging.LogLevel Level, string Text)> OwnLines() =>
        _gateway.Log.Lines.Where(line => line.Text.StartsWith("AiGateway.", StringComparison.Ordinal));
}
