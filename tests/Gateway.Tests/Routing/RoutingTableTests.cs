using AiGateway.Configuration;
using AiGateway.Protocol;
using AiGateway.Providers;
using AiGateway.Routing;
using Xunit;

namespace AiGateway.Tests.Routing;

public sealed class RoutingTableTests
{
    private readonly RoutingTable _table = Table(
        new ModelOptions { Name = "gpt-4o", Aliases = ["default", "openai/best"], Provider = "a", RewriteTo = "gpt-4o-2024-11-20", PreferredApi = "chat" },
        new ModelOptions { Name = "plain", Aliases = ["plainer"], Provider = "A" },
        new ModelOptions { Name = "gpt-*", Provider = "a" },
        new ModelOptions { Name = "gpt-4*", Provider = "b", PreferredApi = "Responses" },
        new ModelOptions { Name = "openai/*", Provider = "a", RewriteTo = "*" },
        new ModelOptions { Name = "azure/*", Provider = "b", RewriteTo = "deploy-*-eu" },
        new ModelOptions { Name = "fix*", Provider = "b", RewriteTo = "fixed" });

    [Theory]
    [InlineData("gpt-4o", "a", "gpt-4o-2024-11-20", ApiKind.Chat)]
    [InlineData("default", "a", "gpt-4o-2024-11-20", ApiKind.Chat)]
    [InlineData("openai/best", "a", "gpt-4o-2024-11-20", ApiKind.Chat)]
    [InlineData("plain", "a", "plain", ApiKind.None)]
    [InlineData("plainer", "a", "plain", ApiKind.None)]
    [InlineData("gpt-4o-mini", "b", "gpt-4o-mini", ApiKind.Responses)]
    [InlineData("gpt-4", "b", "gpt-4", ApiKind.Responses)]
    [InlineData("gpt-3.5", "a", "gpt-3.5", ApiKind.None)]
    [InlineData("openai/o3", "a", "o3", ApiKind.None)]
    [InlineData("azure/x:y", "b", "deploy-x:y-eu", ApiKind.None)]
    [InlineData("fix-me", "b", "fixed", ApiKind.None)]
    public void The_closest_name_wins(string asked, string provider, string providerModel, ApiKind preferred)
    {
        var route = _table.Resolve(asked);
        Assert.Equal(
            (asked, provider, providerModel, preferred),
            (route.AskedModel, route.Provider.Options.Name, route.ProviderModel, route.PreferredApi));
    }

    [Theory]
    [InlineData("")]
    [InlineData("GPT-4o")]
    [InlineData("gpt")]
    [InlineData("openai/")]
    [InlineData("toString")]
    public void An_unknown_model_is_not_found(string asked)
    {
        var error = Assert.Throws<GatewayException>(() => _table.Resolve(asked)).Error;
        Assert.Equal((404, "model_not_found", "model"), (error.Status, error.Code, error.Param));
        Assert.Contains($"'{asked}'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gpt-4-turbo", "A", "a")] // a longer pattern leads to b, but a serves it too
    [InlineData("gpt-4-turbo", "b", "b")]
    [InlineData("gpt-4-turbo", null, "b")]
    [InlineData("gpt-4-turbo", "gone", "b")]
    [InlineData("gpt-4o", "b", "b")]
    [InlineData("plain", "b", "a")] // b does not serve it
    public void A_preferred_provider_serves_what_it_can(string asked, string? preferred, string provider) =>
        Assert.Equal(provider, _table.Resolve(asked, preferred).Provider.Options.Name);

    [Fact]
    public void A_context_window_goes_with_the_route()
    {
        var table = Table(new ModelOptions { Name = "*", Provider = "b", ContextWindow = 1 }, new ModelOptions { Name = "x", Provider = "a", ContextWindow = 2 });

        Assert.Equal((2, 1), (table.Resolve("x").ContextWindow, table.Resolve("y").ContextWindow));
        Assert.Null(_table.Resolve("gpt-4o").ContextWindow);
    }

    [Fact]
    public void A_star_alone_serves_the_rest()
    {
        var table = Table(new ModelOptions { Name = "*", Provider = "b" }, new ModelOptions { Name = "x", Provider = "a" });
        Assert.Equal(("a", "b"), (table.Resolve("x").Provider.Options.Name, table.Resolve("anything").Provider.Options.Name));
        Assert.Null(table.TryResolve(""));
    }

    [Fact]
    public void Names_and_aliases_are_listed_and_patterns_are_not()
    {
        Assert.Equal(
            [("gpt-4o", 7L, "a"), ("default", 7, "a"), ("openai/best", 7, "a"), ("plain", 7, "a"), ("plainer", 7, "a")],
            _table.Models.Select(m => (m.Id, m.Created, m.OwnedBy)));
        Assert.Equal(["openai/*", "azure/*", "gpt-4*", "gpt-*", "fix*"], _table.Patterns.Select(p => p.Pattern));
        Assert.Equal(["a", "b"], _table.Providers.Select(p => p.Options.Name));
    }

    [Theory]
    [InlineData("gpt-*", "gpt-3.5", "gpt-3.5")]
    [InlineData("gpt-*", "o3", null)]
    [InlineData("openai/*", "o3", "openai/o3")]
    [InlineData("azure/*", "deploy-x-eu", "azure/x")]
    [InlineData("azure/*", "deploy-eu", null)]
    [InlineData("fix*", "fixed", null)]
    public void A_providers_model_has_the_name_that_leads_to_it(string pattern, string providerModel, string? name)
    {
        Assert.Equal(name, _table.Patterns.Single(p => p.Pattern == pattern).NameOf(providerModel));
        if (name is not null)
            Assert.Equal(providerModel, _table.Resolve(name).ProviderModel);
    }

    private static RoutingTable Table(params ModelOptions[] models) => RoutingTable.Build(
        new GatewayOptions { Providers = [new ProviderOptions { Name = "a" }, new ProviderOptions { Name = "b" }], Models = models },
        new FakeProviderFactory(),
        before: null,
        created: 7);
}
