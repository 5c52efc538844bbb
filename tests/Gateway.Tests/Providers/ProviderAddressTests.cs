using AiGateway.Protocol;
using AiGateway.Providers.Http;
using Xunit;

namespace AiGateway.Tests.Providers;

public sealed class ProviderAddressTests
{
    [Theory]
    [InlineData("https://api.openai.com/v1", "/v1", "https://api.openai.com/v1/chat/completions")]
    [InlineData("https://api.openai.com/v1/", "/v1", "https://api.openai.com/v1/chat/completions")]
    [InlineData("https://api.openai.com/v1//", "v1/", "https://api.openai.com/v1/chat/completions")]
    [InlineData("https://api.openai.com", "/v1", "https://api.openai.com/v1/chat/completions")]
    [InlineData("https://api.openai.com/", "/v1", "https://api.openai.com/v1/chat/completions")]
    [InlineData("https://api.openai.com/v1", null, "https://api.openai.com/v1/chat/completions")]
    [InlineData("https://api.openai.com", "", "https://api.openai.com/v1/chat/completions")]
    [InlineData("http://h:8000/openai", "/v1", "http://h:8000/openai/v1/chat/completions")]
    [InlineData("http://h:8000/openai/v1", "/v1", "http://h:8000/openai/v1/chat/completions")]
    [InlineData("http://h/v1beta", "/v1beta", "http://h/v1beta/chat/completions")]
    [InlineData("http://h", "/v1beta", "http://h/v1beta/chat/completions")]
    [InlineData("http://h/v1beta", "/v1", "http://h/v1beta/v1/chat/completions")]
    [InlineData("http://h/v1beta/openai", "/v1beta/openai", "http://h/v1beta/openai/chat/completions")]
    [InlineData("http://h/v1beta", "/v1beta/openai", "http://h/v1beta/openai/chat/completions")]
    [InlineData("http://h/api/v4", "/", "http://h/api/v4/chat/completions")]
    [InlineData("http://h", "/", "http://h/chat/completions")]
    [InlineData("http://h/openai/v1?api-version=2024-10-21", "/v1", "http://h/openai/v1/chat/completions?api-version=2024-10-21")]
    [InlineData("http://h/v1/?a=b/c", "/v1", "http://h/v1/chat/completions?a=b/c")]
    [InlineData("http://h/v1?", "/v1", "http://h/v1/chat/completions")]
    [InlineData("http://user:secret@h/v1", "/v1", "http://h/v1/chat/completions")]
    [InlineData("http://[::1]:8000/v1", "/v1", "http://[::1]:8000/v1/chat/completions")]
    [InlineData("http://h/a%20b/v1", "/v1", "http://h/a%20b/v1/chat/completions")]
    public void Joins_by_whole_segments(string baseUrl, string? basePath, string expected) =>
        Assert.Equal(expected, new ProviderAddress(baseUrl, basePath).For(ApiKind.Chat).AbsoluteUri);

    [Fact]
    public void An_input_is_counted_elsewhere_than_it_is_answered() => Assert.Equal(
        "http://h/openai/v1/responses/input_tokens?api-version=1", new ProviderAddress("http://h/openai?api-version=1", null).For(ApiKind.Responses, countsInput: true).AbsoluteUri);

    [Theory]
    [InlineData(ApiKind.Responses, null, "http://h/v1/responses")]
    [InlineData(ApiKind.Embeddings, null, "http://h/v1/embeddings")]
    [InlineData(ApiKind.Images, null, "http://h/v1/images/generations")]
    [InlineData(ApiKind.Models, null, "http://h/v1/models")]
    [InlineData(ApiKind.Models, "gpt-4o", "http://h/v1/models/gpt-4o")]
    [InlineData(ApiKind.Models, "a/b c?d#e", "http://h/v1/models/a%2Fb%20c%3Fd%23e")]
    [InlineData(ApiKind.Models, "..", "http://h/v1/models/%2E%2E")]
    [InlineData(ApiKind.Models, "../files", "http://h/v1/models/..%2Ffiles")]
    public void Knows_the_endpoints(ApiKind api, string? model, string expected)
    {
        var url = new ProviderAddress("http://h/v1", "/v1").For(api, model);

        Assert.Equal(expected, url.Scheme + "://" + url.Authority + url.PathAndQuery);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("api.openai.com/v1")]
    [InlineData("/v1")]
    [InlineData("ftp://h/v1")]
    [InlineData("file:///v1")]
    public void Refuses_what_is_no_address(string? baseUrl) =>
        Assert.Throws<ArgumentException>(() => new ProviderAddress(baseUrl, "/v1"));
}
