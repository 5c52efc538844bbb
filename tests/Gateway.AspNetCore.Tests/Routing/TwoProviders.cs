using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Configuration;
using AiGateway.Providers;
using AiGateway.Routing;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.Routing;

/// <summary>One model behind two providers, <c>a</c> and <c>b</c>, each with a key, headers and a name for the model of its own.</summary>
internal sealed class TwoProviders : IAsyncDisposable
{
    private TwoProviders(ScriptedUpstream a, ScriptedUpstream b) => (A, B) = (a, b);

    public ScriptedUpstream A { get; }

    public ScriptedUpstream B { get; }

    public TestGateway Gateway { get; private set; } = null!;

    public static async Task<TwoProviders> StartAsync(
        Func<ProviderOptions, ProviderOptions>? a = null,
        Func<ProviderOptions, ProviderOptions>? b = null,
        Func<ModelOptions, ModelOptions>? model = null,
        Func<GatewayOptions, GatewayOptions>? options = null,
        TimeProvider? time = null)
    {
        var scene = new TwoProviders(await ScriptedUpstream.StartAsync(), await ScriptedUpstream.StartAsync());
        var settings = new GatewayOptions
        {
            Providers =
            [
                (a ?? Same)(Provider("a", scene.A.BaseUrl)),
                (b ?? Same)(Provider("b", scene.B.WithPath("/other/v1"))),
            ],
            Models =
            [
                (model ?? Same)(new ModelOptions
                {
                    Name = "m",
                    Routes = [new RouteOptions { Provider = "a", RewriteTo = "a-model" }, new RouteOptions { Provider = "b", RewriteTo = "b-model" }],
                }),
            ],
        };
        scene.Gateway = await TestGateway.StartAsync((options ?? Same)(settings), time);
        return scene;
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await A.DisposeAsync();
        await B.DisposeAsync();
    }

    private static ProviderOptions Provider(string name, string url) => new()
    {
        Name = name,
        BaseUrl = url,
        ApiKey = $"sk-{name}-secret",
        Headers = [new HeaderOptions { Name = $"x-only-{name}", Value = name }],
    };

    private static T Same<T>(T value) => value;
}
