using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Routing;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.Responses;

public sealed class PreferredApiTests
{
    [Theory]
    [InlineData("chat,responses", null, "/v1/responses")]
    [InlineData("chat,responses", "chat", "/v1/chat/completions")]
    [InlineData("chat,responses", "responses", "/v1/responses")]
    [InlineData("chat", null, "/v1/chat/completions")]
    [InlineData("responses", null, "/v1/responses")]
    public async Task A_response_is_served_by_the_preferred_api_that_the_provider_speaks(string apis, string? preferred, string path)
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await TestGateway.StartAsync(
            upstream,
            provider => provider with { Apis = apis.Split(',') },
            options => options with { Models = [new ModelOptions { Name = "m", Provider = "up", PreferredApi = preferred }] });

        await gateway.CreateAsync(Served.Hello);
        await gateway.StreamAsync(Served.Hello);

        Assert.All(upstream.Requests, request => Assert.Equal(path, request.RawPath));
        Assert.Equal(2, upstream.Requests.Count);
    }
}
