using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Configuration;
using AiGateway.Upstream;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace AiGateway.AspNetCore.Tests.Attacks;

/// <summary>Attacks by the bytes of HTTP itself, over raw sockets. The provider must see exactly what the gateway took for one request, or nothing.</summary>
public sealed class WireAttackTests : IAsyncLifetime
{
    private const string Body = """{"model":"m","input":"x"}""";
    private ScriptedUpstream _upstream = null!;
    private TestGateway _gateway = null!;

    public async Task InitializeAsync()
    {
        _upstream = await ScriptedUpstream.StartAsync();
        var options = new GatewayOptions { Providers = [new() { Name = "up", BaseUrl = _upstream.BaseUrl }], Models = [new() { Name = "*", Provider = "up" }] };

        // The server's own limit, but for its grace, which a test would otherwise have to wait for.
        _gateway = await TestGateway.StartAsync(options, services => services.Configure<KestrelServerOptions>(
            kestrel => kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(kestrel.Limits.MinRequestBodyDataRate!.BytesPerSecond, TimeSpan.FromSeconds(1.1))));
    }

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _upstream.DisposeAsync();
    }

    [Fact]
    public async Task Two_lengths_that_differ_are_refused() =>
        await RefusedAsync($"Content-Length: {Body.Length}\r\nContent-Length: 3\r\n", Body, "400");

    // A proxy that goes by the length would take what is behind the last chunk for another request.
    [Fact]
    public async Task A_length_beside_chunks_smuggles_nothing()
    {
        var smuggled = $"POST /v1/embeddings HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {Body.Length}\r\n\r\n{Body}";
        var chunked = $"{Body.Length:x}\r\n{Body}\r\n0\r\n\r\n";

        var heard = await AskAsync($"Content-Length: {chunked.Length + smuggled.Length}\r\nTransfer-Encoding: chunked\r\n", chunked + smuggled);

        Assert.InRange(Count(heard, "HTTP/1.1 "), 1, 1);
        Assert.InRange(_upstream.Requests.Count, 0, 1);
    }

    [Theory]
    [InlineData("Transfer-Encoding: xchunked\r\n")]
    [InlineData("Transfer-Encoding: chunked, identity\r\n")]
    [InlineData("Transfer-Encoding : chunked\r\n")]
    [InlineData("Content-Length: -1\r\n")]
    [InlineData("Content-Length: 99999999999999999999\r\n")]
    [InlineData("Content-Length: 25\r\nX-Folded: a\r\n b\r\n")]
    [InlineData("Content-Length: 25\r\nX-Bad\rName: a\r\n")]
    [InlineData("Content-Length: 25\r\nX-Null: a\0b\r\n")]
    [InlineData("Content-Length: 25\r\n: nameless\r\n")]
    public async Task Heads_that_can_be_read_in_two_ways_are_refused(string headers) => await RefusedAsync(headers, Body, "400", "501");

    [Fact]
    public async Task Chunks_that_make_no_sense_are_refused() => await RefusedAsync("Transfer-Encoding: chunked\r\n", "zz\r\nhello\r\n0\r\n\r\n", "400");

    [Fact]
    public async Task Headers_without_end_are_cut_off() =>
        await RefusedAsync($"Content-Length: {Body.Length}\r\nX-Long: {new string('a', 64 * 1024)}\r\n", Body, "431");

    [Fact]
    public async Task Headers_without_number_are_cut_off() =>
        await RefusedAsync($"Content-Length: {Body.Length}\r\n{string.Concat(Enumerable.Range(0, 300).Select(i => $"X-{i}: a\r\n"))}", Body, "431");

    [Fact]
    public async Task A_path_without_end_is_cut_off()
    {
        var heard = await RawClient.AskAsync(_gateway.Address, $"GET /v1/models/{new string('a', 64 * 1024)} HTTP/1.1\r\nHost: x\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 414", heard, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_sends_a_body_drop_by_drop_is_hung_up_on()
    {
        await using var client = await RawClient.ConnectAsync(_gateway.Address);
        await client.SendAsync("POST /v1/embeddings HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{");

        var heard = await client.ReadToEndAsync();

        Assert.StartsWith("HTTP/1.1 408", heard, StringComparison.Ordinal);
        Assert.Empty(_upstream.Requests);
        Assert.Equal("200", await AliveAsync());
    }

    [Fact]
    public async Task A_header_with_a_byte_that_is_no_text_goes_no_further()
    {
        await AskAsync($"Content-Length: {Body.Length}\r\nConnection: close\r\nX-Client-Request-Id: a\x00e9\x009bb\r\nOpenAI-Beta: \x0085evil\r\n", Body);

        var all = _upstream.Requests.SelectMany(r => r.Headers.Values).SelectMany(v => v);
        Assert.DoesNotContain(all, value => value.Contains("evil", StringComparison.Ordinal) || value.Any(c => c > '~'));
    }

    [Fact]
    public async Task What_the_connection_says_is_not_passed_on()
    {
        await AskAsync(
            $"Content-Length: {Body.Length}\r\nConnection: close, OpenAI-Beta\r\nOpenAI-Beta: b\r\nX-Forwarded-Host: evil\r\nHost: evil\r\nExpect: 100-continue\r\nTE: trailers\r\nAuthorization: Bearer sk-client\r\n".Replace("Host: evil\r\n", "", StringComparison.Ordinal), Body);

        var sent = _upstream.Requests.Single();
        Assert.Equal(_upstream.Address.Authority, sent.Header("Host"));
        Assert.Null(sent.Header("X-Forwarded-Host"));
        Assert.Null(sent.Header("TE"));
        Assert.Null(sent.Header("Authorization"));
    }

    [Fact]
    public async Task A_request_id_is_the_gateway_s_own()
    {
        var heard = await AskAsync($"Content-Length: {Body.Length}\r\nConnection: close\r\nx-request-id: req_forged\r\n", Body);

        Assert.Contains("x-request-id: req_", heard, StringComparison.Ordinal);
        Assert.DoesNotContain("forged", heard, StringComparison.Ordinal);
        Assert.Null(_upstream.Requests.Single().Header("x-request-id"));
    }

    [Fact]
    public async Task Two_hosts_are_refused() => await RefusedAsync($"Host: y\r\nContent-Length: {Body.Length}\r\n", Body, "400");

    private async Task RefusedAsync(string headers, string body, params string[] statuses)
    {
        var heard = await AskAsync(headers, body);
        Assert.Contains(heard.Length < 12 ? heard : heard[9..12], statuses);
        Assert.Equal(1, Count(heard, "HTTP/1.1 "));
        Assert.Empty(_upstream.Requests);
        Assert.Equal("200", await AliveAsync());
    }

    private Task<string> AskAsync(string headers, string body) =>
        RawClient.AskAsync(_gateway.Address, $"POST /v1/embeddings HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{headers}\r\n{body}");

    private async Task<string> AliveAsync()
    {
        var heard = await RawClient.AskAsync(_gateway.Address, "GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        return heard[9..12];
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
