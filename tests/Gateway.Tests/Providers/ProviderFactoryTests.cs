using AiGateway.Protocol;
using AiGateway.Providers;
using AiGateway.Providers.Demo;
using AiGateway.Providers.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AiGateway.Tests.Providers;

public sealed class ProviderFactoryTests
{
    private readonly ProviderFactory _factory = new(NullLoggerFactory.Instance, TimeProvider.System);

    [Fact]
    public void Chooses_by_kind()
    {
        using var http = Assert.IsType<HttpProvider>(_factory.Create(new() { Name = "a", BaseUrl = "http://h", Apis = ["responses"] }));
        var demo = Assert.IsType<DemoProvider>(_factory.Create(new() { Name = "b", Kind = "Demo" }));

        Assert.Equal(ApiKind.Responses | ApiKind.Models, http.Apis);
        Assert.Equal(ApiKind.Chat | ApiKind.Embeddings | ApiKind.Images | ApiKind.Models, demo.Apis);
    }

    [Theory]
    [InlineData("other", "http://h")]
    [InlineData("openai", null)]
    [InlineData("openai", "not a url")]
    public void Refuses_what_it_cannot_make(string kind, string? url) =>
        Assert.Throws<ArgumentException>(() => _factory.Create(new() { Name = "a", Kind = kind, BaseUrl = url }));
}
