using AiGateway.AspNetCore.Tests.BadInput;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.BadProviders;

/// <summary>A provider's error is the client's: its status, and what it says.</summary>
public sealed class ErrorStatusTests
{
    [Theory]
    [MemberData(nameof(Call.All), MemberType = typeof(Call))]
    public async Task Status_type_code_message_and_parameter_are_kept(string name)
    {
        (int Status, string Type, string? Code, string? Param)[] errors =
        [
            (400, "invalid_request_error", "context_length_exceeded", "messages"),
            (401, "invalid_request_error", "invalid_api_key", null),
            (402, "insufficient_quota", null, null),
            (403, "permission_error", "unsupported_country_region_territory", null),
            (404, "invalid_request_error", "model_not_found", "model"),
            (408, "timeout_error", null, null),
            (409, "conflict_error", "lock_timeout", null),
            (413, "invalid_request_error", "request_too_large", null),
            (422, "unprocessable_entity", "invalid_tool", "tools[0].function.name"),
            (429, "insufficient_quota", "insufficient_quota", null),
            (500, "server_error", null, null),
            (503, "overloaded_error", "overloaded", null),
            (529, "overloaded_error", null, null),
        ];
        var next = default(Script)!;
        await Scene.RunAsync(name, _ => Script.By(_ => next), async scene =>
        {
            foreach (var (status, type, code, param) in errors)
            {
                next = Errors.OpenAi(status, type, code, $"Says the provider with {status}.", param);
                var answer = await scene.AskAsync();
                var error = await answer.ErrorAsync(status);
                Assert.Equal(new ErrorBody(type, code, $"Says the provider with {status}.", param), error);
                Assert.DoesNotContain("req_upstream", answer.Header("x-request-id")!, StringComparison.Ordinal);
            }
        });
    }

    [Theory]
    [MemberData(nameof(Call.All), MemberType = typeof(Call))]
    public Task A_rate_limit_keeps_what_tells_the_client_when_to_come_back(string name) => Scene.RunAsync(
        name,
        _ => Errors.RateLimited(17)
            .RateLimit("requests", 60, 0, "1s").RateLimit("tokens", 1000, 3, "6m0s")
            .Header("retry-after-ms", "17000").Header("x-should-retry", "true").Header("x-internal", "node-7").Header("Set-Cookie", "a=b"),
        async scene =>
        {
            var answer = await scene.AskAsync();
            var error = await answer.ErrorAsync(429);
            Assert.Equal(("rate_limit_error", "rate_limit_exceeded"), (error.Type, error.Code));
            Assert.Equal("17", answer.Header("Retry-After"));
            Assert.Equal("60", answer.Header("x-ratelimit-limit-requests"));
            Assert.Equal("0", answer.Header("x-ratelimit-remaining-requests"));
            Assert.Equal("6m0s", answer.Header("x-ratelimit-reset-tokens"));
            Assert.Equal("17000", answer.Header("retry-after-ms"));
            Assert.Equal("true", answer.Header("x-should-retry"));
            Assert.Null(answer.Header("x-internal"));
            Assert.Null(answer.Header("Set-Cookie"));
        });

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public Task Retry_After_may_be_a_date(int status) => Scene.RunAsync(
        "chat",
        _ => Errors.ServerError(status).Header("Retry-After", "Wed, 21 Oct 2037 07:28:00 GMT"),
        async scene => Assert.Equal("Wed, 21 Oct 2037 07:28:00 GMT", (await scene.AskAsync()).Header("Retry-After")));

    [Theory]
    [MemberData(nameof(Call.All), MemberType = typeof(Call))]
    public async Task What_a_provider_says_of_keys_and_places_does_not_come_through(string name)
    {
        var place = "";
        await Scene.RunAsync(
            name,
            _ => Script.By(_ => Errors.OpenAi(
                401,
                $"error of {place}",
                "sk-upstream-secret",
                $"Key sk-upstream-secret (Bearer sk-upstream-secret) is wrong at {place}/v1/chat/completions, see {place[7..]}.",
                "sk-upstream-secret")),
            async scene =>
            {
                place = scene.Upstream.Address.GetLeftPart(UriPartial.Authority);
                var error = await (await scene.AskAsync()).ErrorAsync(401);
                Assert.Equal("[redacted]", error.Code);
                Assert.Contains("is wrong at", error.Message, StringComparison.Ordinal);
            });
    }

    [Theory]
    [MemberData(nameof(Call.All), MemberType = typeof(Call))]
    public async Task A_page_for_people_and_other_shapes_become_OpenAIs_error(string name)
    {
        (Script Script, int Status, string? Message)[] shapes =
        [
            (Errors.Html(502), 502, null),
            (Errors.Html(404), 404, null),
            (Errors.Detail(422, "Field required"), 422, "Field required"),
            (Errors.PlainString(404, "model 'x' not found"), 404, "model 'x' not found"),
            (Script.Bytes("upstream connect error"u8.ToArray(), "text/plain", 503), 503, "upstream connect error"),
            (Script.Bytes("{\"error\":{\"mess"u8.ToArray(), "application/json", 500), 500, null),
            (Script.Bytes([0xff, 0xfe, 0x00, 0x01], "application/octet-stream", 500), 500, null),
            (Script.Empty(500), 500, null),
            (Script.Json("""{"error":{"message":"cut"}}""", 500).Truncated(), 500, null),
            (Script.Json("""{"error":null}""", 400), 400, null),
            (Script.Json("[]", 400), 400, null),
        ];
        var next = default(Script)!;
        await Scene.RunAsync(name, _ => Script.By(_ => next), async scene =>
        {
            foreach (var (script, status, message) in shapes)
            {
                next = script;
                var error = await (await scene.AskAsync()).ErrorAsync(status);
                Assert.Equal(message ?? error.Message, error.Message);
                Assert.DoesNotContain("nginx", error.Message, StringComparison.Ordinal);
            }
        });
    }

    [Theory]
    [MemberData(nameof(Call.Whole), MemberType = typeof(Call))]
    public Task An_error_with_a_status_of_200_is_an_error(string name) => Scene.RunAsync(
        name,
        _ => Script.Json("""{"error":{"message":"Slow down.","type":"rate_limit_error","param":null,"code":"rate_limit_exceeded"}}"""),
        async scene =>
        {
            var error = await (await scene.AskAsync()).ErrorAsync(429);
            Assert.Equal(new ErrorBody("rate_limit_error", "rate_limit_exceeded", "Slow down.", null), error);
        });

    [Theory]
    [MemberData(nameof(Call.Streams), MemberType = typeof(Call))]
    public Task A_late_error_status_on_a_stream_is_a_status_still(string name) => Scene.RunAsync(
        name,
        _ => Errors.ServerError(503).RetryAfter(3).DelayBeforeHeaders(TimeSpan.FromMilliseconds(100)),
        async scene =>
        {
            var answer = await scene.AskAsync();
            await answer.ErrorAsync(503);
            Assert.Equal("3", answer.Header("Retry-After"));
        },
        options: o => o with { HeartbeatInterval = TimeSpan.FromMilliseconds(10) });
}
