using System.Text;
using AiGateway.Protocol;
using AiGateway.Providers;
using AiGateway.Providers.Errors;
using Xunit;

namespace AiGateway.Tests.Providers;

public sealed class ProviderErrorsTests
{
    private static readonly ProviderOptions Provider = new()
    {
        Name = "up",
        BaseUrl = "https://llm.internal.example:8443/v1",
        ApiKey = "topsecretkey",
        Headers = [new() { Name = "X-Team", Value = "team-7731" }, new() { Name = "Authorization", Value = "Basic dXNlcjpwYXNz" }],
    };

    [Theory]
    [InlineData("""{"error":{"message":"No.","type":"invalid_request_error","param":"messages[0]","code":"invalid_value"}}""", "No.|invalid_request_error|invalid_value|messages[0]")]
    [InlineData("""{"error":{"message":"No.","type":"tokens","param":null,"code":429}}""", "No.|tokens|429|")]
    [InlineData("""{"error":{"message":"No."}}""", "No.|invalid_request_error||")]
    [InlineData("""{"error":"model 'x' not found"}""", "model 'x' not found|invalid_request_error||")]
    [InlineData("""{"error":"bad","error_type":"validation"}""", "bad|validation||")]
    [InlineData("""{"object":"error","message":"too long","type":"BadRequestError","param":null,"code":400}""", "too long|BadRequestError|400|")]
    [InlineData("""{"detail":"Not Found"}""", "Not Found|invalid_request_error||")]
    [InlineData("""{"detail":[{"loc":["body","messages",0,"role"],"msg":"field required","type":"missing"}]}""", "field required|invalid_request_error||messages[0].role")]
    [InlineData("""[{"error":{"code":400,"message":"Bad.","status":"INVALID_ARGUMENT"}}]""", "Bad.|invalid_request_error|400|")]
    [InlineData("\"just text\"", "just text|invalid_request_error||")]
    [InlineData("upstream connect error", "upstream connect error|invalid_request_error||")]
    [InlineData("<html><body>nginx 1.2</body></html>", "The model's provider answered with status 400.|invalid_request_error||")]
    [InlineData("", "The model's provider answered with status 400.|invalid_request_error||")]
    [InlineData("{}", "The model's provider answered with status 400.|invalid_request_error||")]
    [InlineData("""{"error":null}""", "The model's provider answered with status 400.|invalid_request_error||")]
    [InlineData("""{"error":{"mess""", "The model's provider answered with status 400.|invalid_request_error||")]
    [InlineData("a\u0001b", "The model's provider answered with status 400.|invalid_request_error||")]
    public async Task Keeps_what_the_provider_says(string body, string expected)
    {
        var error = await ReadAsync(400, body);

        Assert.Equal(400, error.Status);
        Assert.Equal(expected, $"{error.Message}|{error.Type}|{error.Code}|{error.Param}");
    }

    [Theory]
    [InlineData(401, 401, "invalid_request_error")]
    [InlineData(429, 429, "rate_limit_error")]
    [InlineData(500, 500, "server_error")]
    [InlineData(529, 529, "server_error")]
    [InlineData(302, 502, "server_error")]
    [InlineData(304, 502, "server_error")]
    [InlineData(600, 502, "server_error")]
    public async Task Keeps_the_status_where_it_is_one_of_an_error(int status, int expected, string type)
    {
        var error = await ReadAsync(status, "");

        Assert.Equal(expected, error.Status);
        Assert.Equal(type, error.Type);
        Assert.Equal("12", error.RetryAfter);
    }

    [Theory]
    [InlineData("Incorrect API key provided: sk-proj-ab12********wxyz. See https://platform.openai.com/keys.", "Incorrect API key provided: [redacted] See https://platform.openai.com/keys.")]
    [InlineData("key TopSecretKey is bad", "key [redacted] is bad")]
    [InlineData("header Bearer abc.def-123 refused", "header [redacted] refused")]
    [InlineData("team team-7731 has no quota", "team [redacted] has no quota")]
    [InlineData("got dXNlcjpwYXNz", "got [redacted]")]
    [InlineData("key top***key", "key [redacted]")]
    [InlineData("POST https://llm.internal.example:8443/v1/chat/completions failed", "POST [redacted] failed")]
    [InlineData("lookup LLM.internal.example: no such host", "lookup [redacted]: no such host")]
    [InlineData("dial tcp 10.1.2.3:8000: refused", "dial tcp [redacted]: refused")]
    [InlineData("http://localhost:9000/generate is down", "[redacted] is down")]
    [InlineData("not-llm.internal.example.org stays; version 1.2.3 too, a task-force and a risk too", "not-llm.internal.example.org stays; version 1.2.3 too, a task-force and a risk too")]
    [InlineData("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc expired", "[redacted] expired")]
    public async Task Takes_out_secrets_and_addresses(string said, string shown)
    {
        var body = System.Text.Json.JsonSerializer.Serialize(new { error = new { message = said, type = said, code = said, param = said } });

        var error = await ReadAsync(400, body);

        Assert.Equal(shown, error.Message);
        Assert.Equal(shown, error.Type);
        Assert.Equal(shown, error.Code);
        Assert.Equal(shown, error.Param);
    }

    [Fact]
    public async Task Reads_no_more_than_the_beginning()
    {
        var read = 0L;
        var answer = new ProviderAnswer(500, "text/plain", new EndlessStream("", "x", n => read += n));

        var error = await ProviderErrors.FromAnswerAsync(answer, Provider, CancellationToken.None);

        Assert.Equal(64 * 1024, read);
        Assert.InRange(error.Message.Length, 1, 5000);
    }

    [Fact]
    public async Task A_body_that_does_not_arrive_leaves_the_status()
    {
        var pipe = new System.IO.Pipelines.Pipe();
        await pipe.Writer.CompleteAsync(new ProviderException(ProviderFailure.ClosedEarly));
        var answer = new ProviderAnswer(503, "application/json", pipe.Reader.AsStream()) { RetryAfter = "5" };

        var error = await ProviderErrors.FromAnswerAsync(answer, Provider, CancellationToken.None);

        Assert.Equal((503, "5"), (error.Status, error.RetryAfter));
    }

    [Theory]
    [InlineData("""{"error":{"message":"Overloaded sk-12345","type":"server_error","param":null,"code":null}}""", "500|Overloaded [redacted]|server_error|")]
    [InlineData("""{"error":{"message":"Slow down","code":429}}""", "429|Slow down|rate_limit_error|429")]
    [InlineData("""{"error":{"message":"Slow down","type":"rate_limit_error"}}""", "429|Slow down|rate_limit_error|")]
    [InlineData("""{"id":"x","choices":[],"error":{"message":"Gone","code":502}}""", "502|Gone|server_error|502")]
    [InlineData("""{"error":"broken"}""", "500|broken|server_error|")]
    [InlineData("""{"type":"error","code":"server_error","message":"Oops","param":null,"sequence_number":3}""", "500|Oops|server_error|server_error")]
    [InlineData("""{"type":"error","error":{"type":"overloaded_error","message":"Busy"}}""", "503|Busy|overloaded_error|")]
    public void Sees_an_error_in_mid_stream(string data, string expected)
    {
        var error = ProviderErrors.FromEvent(Encoding.UTF8.GetBytes(data), Provider);

        Assert.NotNull(error);
        Assert.Equal(expected, $"{error.Status}|{error.Message}|{error.Type}|{error.Code}");
    }

    [Theory]
    [InlineData("[DONE]")]
    [InlineData("")]
    [InlineData("not \"error\" json")]
    [InlineData("""{"choices":[{"delta":{"content":"\"error\""}}]}""")]
    [InlineData("""{"choices":[],"error":null}""")]
    [InlineData("""{"type":"response.failed","response":{"error":{"code":"x","message":"y"}}}""")]
    public void Takes_no_other_event_for_one(string data) =>
        Assert.Null(ProviderErrors.FromEvent(Encoding.UTF8.GetBytes(data), Provider));

    private static async Task<GatewayError> ReadAsync(int status, string body)
    {
        var type = body.StartsWith('<') ? "text/html" : body.StartsWith('{') || body.StartsWith('[') ? "application/json" : "text/plain";
        var answer = new ProviderAnswer(status, type, new MemoryStream(Encoding.UTF8.GetBytes(body))) { RetryAfter = "12" };
        return await ProviderErrors.FromAnswerAsync(answer, Provider, CancellationToken.None);
    }
}
