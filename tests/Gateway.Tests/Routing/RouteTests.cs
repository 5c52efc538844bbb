using AiGateway.Protocol;
using AiGateway.Providers;
using AiGateway.Routing;
using Xunit;

namespace AiGateway.Tests.Routing;

public sealed class RouteTests
{
    [Theory]
    [InlineData("chat,responses", ApiKind.None, ApiKind.Chat, ApiKind.Chat)]
    [InlineData("chat,responses", ApiKind.None, ApiKind.Responses, ApiKind.Responses)]
    [InlineData("chat,responses", ApiKind.Chat, ApiKind.Responses, ApiKind.Chat)]
    [InlineData("chat,responses", ApiKind.Responses, ApiKind.Chat, ApiKind.Responses)]
    [InlineData("chat", ApiKind.None, ApiKind.Responses, ApiKind.Chat)]
    [InlineData("responses", ApiKind.None, ApiKind.Chat, ApiKind.Responses)]
    [InlineData("chat", ApiKind.Responses, ApiKind.Chat, ApiKind.Chat)]
    [InlineData("all", ApiKind.Chat, ApiKind.Embeddings, ApiKind.Embeddings)]
    [InlineData("images", ApiKind.None, ApiKind.Images, ApiKind.Images)]
    [InlineData("chat", ApiKind.None, ApiKind.Models, ApiKind.Models)]
    public void The_provider_is_called_by_what_it_speaks(string apis, ApiKind preferred, ApiKind called, ApiKind expected) =>
        Assert.Equal(expected, To(apis, preferred).ApiFor(called));

    [Theory]
    [InlineData("chat", ApiKind.Embeddings, "embeddings")]
    [InlineData("chat,responses", ApiKind.Images, "image generation")]
    [InlineData("embeddings", ApiKind.Chat, "chat completions")]
    [InlineData("images", ApiKind.Responses, "responses")]
    public void What_the_provider_cannot_do_is_an_error_of_the_model(string apis, ApiKind called, string name)
    {
        var error = Assert.Throws<GatewayException>(() => To(apis, ApiKind.None).ApiFor(called)).Error;
        Assert.Equal(
            new GatewayError(400, "invalid_request_error", "unsupported_value", $"The model 'asked' does not support the {name} API.", "model"),
            error);
    }

    private static Route To(string apis, ApiKind preferred) =>
        new(new FakeProvider(new ProviderOptions { Name = "p", Apis = apis.Split(',') }), "asked", "known", preferred);
}
