using System.Net;
using System.Net.Http.Headers;
using System.Text;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.BadInput;

public sealed class BadTargetTests
{
    [Theory]
    [InlineData("/v1/chat/completions", "GET, POST")]
    [InlineData("/v1/chat/completions/c", "GET, POST, DELETE")]
    [InlineData("/v1/chat/completions/c/messages", "GET")]
    [InlineData("/v1/conversations", "POST")]
    [InlineData("/v1/conversations/c", "GET, POST, DELETE")]
    [InlineData("/v1/conversations/c/items", "GET, POST")]
    [InlineData("/v1/conversations/c/items/i", "GET, DELETE")]
    [InlineData("/v1/responses", "POST")]
    [InlineData("/v1/embeddings", "POST")]
    [InlineData("/v1/images/generations", "POST")]
    [InlineData("/v1/models", "GET")]
    [InlineData("/v1/models/some/model", "GET")]
    [InlineData("/health", "GET")]
    [InlineData("/health/ready", "GET")]
    public async Task Another_method_is_405_and_told_which_is_allowed(string path, string allowed)
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await TestGateway.StartAsync(upstream);

        foreach (var method in new[] { "GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS" }.Except(allowed.Split(", ")))
        {
            using var response = await gateway.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
            var error = await ErrorBody.ReadAsync(response, HttpStatusCode.MethodNotAllowed);
            Assert.Equal(allowed.Split(", "), response.Content.Headers.Allow);
            Assert.Equal("method_not_allowed", error.Code);
        }

        Assert.Empty(upstream.Requests);
    }

    [Theory]
    [InlineData("/v1/chat/completions")]
    [InlineData("/v1/models")]
    [InlineData("/v1/nothing")]
    public async Task HEAD_gets_the_status_and_no_body(string path)
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await TestGateway.StartAsync(upstream);

        using var response = await gateway.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));

        Assert.Contains(response.StatusCode, new[] { HttpStatusCode.OK, HttpStatusCode.MethodNotAllowed, HttpStatusCode.NotFound });
        Assert.True(response.Headers.Contains("x-request-id"));
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("GET", "/v1/nothing")]
    [InlineData("POST", "/v1/chat/completion")]
    [InlineData("POST", "/v1/chat")]
    [InlineData("POST", "/v1/v1/chat/completions")]
    [InlineData("DELETE", "/v1/files/file_1")]
    [InlineData("GET", "/v1")]
    [InlineData("GET", "/v1/../v1/unknown")]
    public async Task An_unknown_path_is_404_unknown_url(string method, string path)
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await TestGateway.StartAsync(upstream);

        using var response = await gateway.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        var error = await ErrorBody.ReadAsync(response, HttpStatusCode.NotFound);
        Assert.Equal(("invalid_request_error", "unknown_url", null), (error.Type, error.Code, error.Param));
        Assert.Contains(method, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Call.Paths), MemberType = typeof(Call))]
    public async Task Another_content_type_or_none_is_415(string name)
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        var call = Call.Of(name);
        await using var gateway = await call.StartAsync(upstream);

        foreach (var type in new[] { null, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonx", "application/octet-stream" })
        {
            using var response = await PostAsync(gateway, call, type);
            var error = await ErrorBody.ReadAsync(response, HttpStatusCode.UnsupportedMediaType);
            Assert.Equal("unsupported_media_type", error.Code);
        }

        Assert.Empty(upstream.Requests);
        foreach (var type in new[] { "application/json", "application/json; charset=utf-8", "Application/JSON", "application/problem+json" })
        {
            using var response = await PostAsync(gateway, call, type);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    [Theory]
    [MemberData(nameof(Call.All), MemberType = typeof(Call))]
    public async Task Every_good_answer_has_a_request_id_of_its_own(string name)
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        var call = Call.Of(name);
        await using var gateway = await call.StartAsync(upstream);

        using var first = await call.SendAsync(gateway);
        using var second = await call.SendAsync(gateway);

        var ids = new[] { first, second }.Select(r => Assert.Single(r.Headers.GetValues("x-request-id"))).ToList();
        Assert.All(ids, id => Assert.StartsWith("req_", id, StringComparison.Ordinal));
        Assert.Equal(2, ids.Distinct().Count());
        Assert.DoesNotContain(ids, id => id.Contains("upstream", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/v1/models")]
    [InlineData("/v1/models/m")]
    [InlineData("/health")]
    [InlineData("/health/ready")]
    public async Task Every_GET_has_a_request_id_too(string path)
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await TestGateway.StartAsync(upstream);

        using var response = await gateway.Client.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(response.Headers.Contains("x-request-id"), path);
    }

    private static Task<HttpResponseMessage> PostAsync(TestGateway gateway, Call call, string? type)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, call.Path) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(call.Body)) };
        if (type is not null)
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return gateway.Client.SendAsync(request);
    }
}
