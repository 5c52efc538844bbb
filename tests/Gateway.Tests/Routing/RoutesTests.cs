using AiGateway.Configuration;
using AiGateway.Protocol;
using AiGateway.Providers;
using AiGateway.Routing;
using AiGateway.Routing.Failover;
using Xunit;

namespace AiGateway.Tests.Routing;

/// <summary>Models with several routes, as configured.</summary>
public sealed class RoutesTests
{
    private static readonly ModelOptions Pattern = new()
    {
        Name = "gpt-*",
        RewriteTo = "common-*",
        PreferredApi = "chat",
        Routes =
        [
            new RouteOptions { Provider = "a" },
            new RouteOptions { Provider = "b", RewriteTo = "*-eu", PreferredApi = "responses" },
        ],
    };

    [Fact]
    public void A_route_says_for_itself_what_its_model_says_otherwise()
    {
        var routes = Table(Pattern).Find("gpt-4", null).Routes;
        Assert.Equal(
            [("a", "common-4", ApiKind.Chat), ("b", "4-eu", ApiKind.Responses)],
            routes.Select(r => (r.Provider.Options.Name, r.ProviderModel, r.PreferredApi)));
    }

    [Fact]
    public void Names_of_a_pattern_are_found_the_other_way_round_for_each_route()
    {
        var pattern = Table(Pattern).Patterns.Single();
        Assert.Equal(("gpt-4", null, "gpt-4"), (pattern.NameOf("common-4", 0), pattern.NameOf("4", 1), pattern.NameOf("4-eu", 1)));
    }

    [Fact]
    public void A_name_that_a_pattern_matched_keeps_its_routes_up_to_a_bound()
    {
        var table = Table(Pattern);
        Assert.Same(table.Find("gpt-4", null), table.Find("gpt-4", null));
        for (var i = 0; i < 1100; i++)
            _ = table.Find($"gpt-{i:D5}", null);
        Assert.NotSame(table.Find("gpt-x", null), table.Find("gpt-x", null));
        var (longName, other) = ("gpt-" + new string('x', 200), Table(Pattern));
        Assert.NotSame(other.Find(longName, null), other.Find(longName, null));
    }

    [Fact]
    public void What_was_learned_of_a_model_stays_through_a_reload_that_does_not_change_it()
    {
        var before = Table(Pattern);
        before.Find("gpt-4", null).Routes[0].Stats!.Measured(1, 1);

        var same = Table(before, Pattern with { });
        var changed = Table(same, Pattern with { Strategy = "weighted" });

        Assert.Equal(1, same.Find("gpt-4", null).Routes[0].Stats!.Latency);
        Assert.Equal(0, changed.Find("gpt-4", null).Routes[0].Stats!.Latency);
        Assert.Same(before.Find("gpt-4", null).Routes[0].State, changed.Find("gpt-4", null).Routes[0].State);
    }

    [Fact]
    public void One_route_without_retries_has_nothing_to_go_through()
    {
        Assert.Null(Table(new ModelOptions { Name = "m", Provider = "a" }).Find("m", null).Balance);
        Assert.Null(Table(new ModelOptions { Name = "m", Routes = [new RouteOptions { Provider = "a" }] }).Find("m", null).Balance);
        Assert.NotNull(Table(new ModelOptions { Name = "m", Provider = "a", Retry = new RetryOptions { MaxRetries = 1 } }).Find("m", null).Balance);
    }

    [Theory]
    [InlineData("12", null, 12.0)]
    [InlineData("1.5", null, 1.5)]
    [InlineData("-3", null, null)]
    [InlineData("soon", null, null)]
    [InlineData("99999999999999", null, 31536000.0)]
    [InlineData("Thu, 01 Jan 1970 00:00:30 GMT", null, 30.0)]
    [InlineData("Wed, 31 Dec 1969 23:59:30 GMT", null, 0.0)]
    [InlineData("12", "250", 0.25)]
    [InlineData(null, null, null)]
    public void Retry_after_is_read_in_all_its_forms(string? value, string? milliseconds, double? seconds)
    {
        var error = new GatewayError(429, "t", null, "m")
        {
            RetryAfter = value,
            Headers = milliseconds is null ? [] : [new("Retry-After-Ms", milliseconds)],
        };
        Assert.Equal(seconds, Failures.RetryAfter(error, DateTimeOffset.UnixEpoch)?.TotalSeconds);
    }

    private static RoutingTable Table(params ModelOptions[] models) => Table(null, models);

    private static RoutingTable Table(RoutingTable? before, params ModelOptions[] models) => RoutingTable.Build(
        new GatewayOptions
        {
            Providers = [new ProviderOptions { Name = "a", BaseUrl = "http://a", Apis = ["all"] }, new ProviderOptions { Name = "b", BaseUrl = "http://b", Apis = ["all"] }],
            Models = models,
        },
        new FakeProviderFactory(),
        before,
        0);
}
