using System.Net;
using System.Text;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.AspNetCore.Tests.Keys;
using AiGateway.Configuration;
using AiGateway.Metering;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.Attacks;

/// <summary>Attacks by and on keys: what is sent in their headers, what guards them, and the paths and names of the admin API.</summary>
public sealed class KeyAttackTests : IAsyncLifetime
{
    private const string Body = """{"model":"demo","input":"x"}""";
    private const string Wrong = "sk-wrong-0123456789abcdef";

    private ScriptedUpstream _upstream = null!;
    private TestGateway _gateway = null!;

    public async Task InitializeAsync()
    {
        _upstream = await ScriptedUpstream.StartAsync();
        _gateway = await KeyedGateway.StartAsync(o => o with
        {
            Providers = [new() { Name = "demo", BaseUrl = _upstream.BaseUrl, ApiKey = "sk-upstream-secret" }],
            Models = [new() { Name = "*", Provider = "demo" }],
            Keys = [new KeyOptions { Id = "k", Key = KeyedGateway.Good, Tenant = "t", Limits = new LimitOptions { InFlight = 1 } }],
            Telemetry = new TelemetryOptions { AccessLog = true },
        });
    }

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _upstream.DisposeAsync();
    }

    // Whoever stands before the gateway may look at another one of them than it does.
    [Theory]
    [InlineData($"Authorization: Bearer {KeyedGateway.Good}\r\nAuthorization: Bearer {Wrong}\r\n")]
    [InlineData($"Authorization: Bearer {Wrong}\r\nAuthorization: Bearer {KeyedGateway.Good}\r\n")]
    [InlineData($"api-key: {KeyedGateway.Good}\r\napi-key: {Wrong}\r\n")]
    [InlineData($"Authorization: Bearer {Wrong}\r\napi-key: {KeyedGateway.Good}\r\n")]
    [InlineData($"Authorization: Bearer {KeyedGateway.Good}, Bearer {Wrong}\r\n")]
    [InlineData($"Authorization: Bearer {KeyedGateway.Good} {Wrong}\r\n")]
    [InlineData($"X-Authorization: Bearer {KeyedGateway.Good}\r\n")]
    [InlineData($"Authorization_: Bearer {KeyedGateway.Good}\r\n")]
    [InlineData($"Cookie: Authorization=Bearer {KeyedGateway.Good}\r\n")]
    public async Task Two_keys_are_no_key_and_one_elsewhere_is_none(string headers) => Assert.Equal("401", await StatusAsync(headers));

    [Theory]
    [InlineData("a\x00e9\x009bb")]
    [InlineData("\t")]
    [InlineData("%0d%0aX-Evil:%201")]
    [InlineData("aigw-\x0085evil-x")]
    public async Task What_is_no_text_is_no_key_and_writes_no_line(string key)
    {
        Assert.Contains(await StatusAsync($"Authorization: Bearer {key}\r\n"), (string[])["401", "400"]);
        Assert.DoesNotContain(_gateway.Log.Lines, line => line.Text.Contains("evil", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_key_without_end_is_refused()
    {
        Assert.Equal("401", await StatusAsync($"Authorization: Bearer aigw-{new string('a', 20_000)}\r\n"));
        Assert.Equal("431", await StatusAsync($"Authorization: Bearer {new string('a', 64 * 1024)}\r\n"));
        Assert.Equal("200", await StatusAsync($"Authorization: Bearer {KeyedGateway.Good}\r\n"));
    }

    [Fact]
    public async Task A_provider_gets_no_key_of_the_gateway_s_whatever_the_client_says_of_its_headers()
    {
        Assert.Equal("200", await StatusAsync($"Authorization: Bearer {KeyedGateway.Good}\r\napi-key: {KeyedGateway.Good}\r\nx-api-key: {KeyedGateway.Good}\r\nConnection: close, authorization\r\n", close: false));

        var sent = _upstream.Requests.Single();
        Assert.Equal("Bearer sk-upstream-secret", sent.Header("Authorization"));
        Assert.DoesNotContain(sent.Headers, header => header.Value.Any(value => value.Contains(KeyedGateway.Good, StringComparison.Ordinal)));
        Assert.DoesNotContain(KeyedGateway.Good, _gateway.Log.All, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("X-Forwarded-For")]
    [InlineData("Forwarded")]
    [InlineData("X-Real-IP")]
    public async Task Who_guesses_is_not_somebody_else_by_saying_so(string header)
    {
        for (var i = 0; i < 10; i++)
            Assert.Equal("401", await StatusAsync($"Authorization: Bearer {Wrong}{i}\r\n{header}: {(header == "Forwarded" ? "for=" : "")}10.0.0.{i}\r\n"));

        Assert.Equal("429", await StatusAsync($"Authorization: Bearer {Wrong}\r\n{header}: {(header == "Forwarded" ? "for=" : "")}10.0.1.1\r\n"));
    }

    [Theory]
    [InlineData("/v1/embeddings", Wrong, "401")]
    [InlineData("/admin/keys", KeyedGateway.Good, "401")]
    public async Task A_stranger_s_slow_body_is_not_waited_for(string path, string key, string status)
    {
        await using var client = await RawClient.ConnectAsync(_gateway.Address);
        await client.SendAsync($"POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nAuthorization: Bearer {key}\r\nContent-Length: 1000\r\n\r\n{{");

        Assert.StartsWith("HTTP/1.1 " + status, await client.ReadHeadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_sends_a_body_slowly_holds_no_place()
    {
        await using var slow = await RawClient.ConnectAsync(_gateway.Address);
        await slow.SendAsync($"POST /v1/embeddings HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nAuthorization: Bearer {KeyedGateway.Good}\r\nContent-Length: {Body.Length}\r\n\r\n{Body[..5]}");

        Assert.Equal("200", await StatusAsync($"Authorization: Bearer {KeyedGateway.Good}\r\n"));

        await slow.SendAsync(Body[5..]);
        Assert.StartsWith("HTTP/1.1 200", await slow.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/admin/keys/..%2f..%2fv1%2fmodels")]
    [InlineData("/admin/keys/%2e%2e%2ftenants")]
    [InlineData("/admin/keys/k%00")]
    [InlineData("/admin/keys/k%0d%0aX-Evil:%201")]
    [InlineData("/admin/keys/x'%20OR%20'1'='1")]
    [InlineData("/admin/tenants/..%2f..%2fetc%2fpasswd")]
    [InlineData("/admin/tenants/%2e%2e/keys/none")]
    public async Task Ids_of_the_admin_api_lead_nowhere_else(string path)
    {
        var heard = await RawClient.AskAsync(_gateway.Address, $"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {KeyedGateway.AdminKey}\r\n\r\n");

        Assert.Contains(heard[9..12], (string[])["404", "400"]);
        Assert.DoesNotContain("\r\nX-Evil", heard.Split("\r\n\r\n")[0], StringComparison.OrdinalIgnoreCase);
        Assert.Empty(_upstream.Requests);
    }

    // By what stands before it, and by what a server may make of a path.
    [Theory]
    [InlineData("/admin/keys", null)]
    [InlineData("/admin/keys", KeyedGateway.Good)]
    [InlineData("/v1/../admin/keys", KeyedGateway.Good)]
    [InlineData("/v1/%2e%2e/admin/keys", KeyedGateway.Good)]
    [InlineData("//admin/keys", KeyedGateway.Good)]
    [InlineData("/ADMIN/keys", KeyedGateway.Good)]
    [InlineData("/admin/keys/", KeyedGateway.Good)]
    [InlineData("/admin/usage?format=csv", KeyedGateway.Good)]
    public async Task No_other_key_opens_the_admin_api(string path, string? key)
    {
        var heard = await RawClient.AskAsync(
            _gateway.Address, $"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-HTTP-Method-Override: POST\r\n{(key is null ? "" : $"Authorization: Bearer {key}\r\n")}\r\n");

        Assert.Contains(heard[9..12], (string[])["401", "404"]);
    }

    [Fact]
    public async Task Names_that_an_operator_was_given_write_no_lines_and_follow_nowhere()
    {
        await using var victim = await ScriptedUpstream.StartAsync();
        var evil = "x\\r\\nX-Evil: forged " + victim.BaseUrl;
        using var made = await SendAsync("/admin/keys", $$"""{"name":"{{evil}}","tenant":"t","metadata":{"webhook":"{{victim.BaseUrl}}","url":"{{evil}}" } }""");
        Assert.Contains(made.StatusCode, (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.BadRequest]);
        using var tenant = await SendAsync("/admin/tenants", $$"""{"id":"{{evil}}"}""");
        Assert.Contains(tenant.StatusCode, (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.BadRequest]);
        if (tenant.IsSuccessStatusCode)
        {
            using var key = await SendAsync("/admin/keys", $$"""{"tenant":"{{evil}}"}""");
            var text = System.Text.Json.Nodes.JsonNode.Parse(await key.Content.ReadAsStringAsync())!["key"]!.GetValue<string>();
            Assert.Equal(200, (int)(await _gateway.PostAsync("/v1/embeddings", Body, text)).StatusCode);
        }

        Assert.DoesNotContain(_gateway.Log.Lines, line => line.Text.StartsWith("AiGateway.", StringComparison.Ordinal) && line.Text.Contains("\nX-Evil", StringComparison.Ordinal));
        Assert.Equal(0, victim.ConnectionsEver);
    }

    private async Task<HttpResponseMessage> SendAsync(string path, string json)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new("Bearer", KeyedGateway.AdminKey);
        return await _gateway.Client.SendAsync(request);
    }

    private async Task<string> StatusAsync(string headers, bool close = true)
    {
        var heard = await RawClient.AskAsync(
            _gateway.Address, $"POST /v1/embeddings HTTP/1.1\r\nHost: x\r\n{(close ? "Connection: close\r\n" : "")}Content-Type: application/json\r\n{headers}Content-Length: {Body.Length}\r\n\r\n{Body}");
        return heard.Length < 12 ? heard : heard[9..12];
    }
}
