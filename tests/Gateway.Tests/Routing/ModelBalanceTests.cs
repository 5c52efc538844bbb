using AiGateway.Configuration;
using AiGateway.Protocol;
using AiGateway.Providers;
using AiGateway.Routing;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using Xunit.Abstractions;

namespace AiGateway.Tests.Routing;

/// <summary>In which order calls try their model's routes.</summary>
public sealed class ModelBalanceTests(ITestOutputHelper output)
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Weights_are_the_shares_of_first_choices_and_of_those_behind()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"Seed {seed}.");
        var routes = Routes("weighted", seed, ("a", 5, 0), ("b", 3, 0), ("c", 2, 0), ("d", 0, 0));
        const int Calls = 40_000;
        var first = new Dictionary<string, int>(StringComparer.Ordinal) { ["a"] = 0, ["b"] = 0, ["c"] = 0, ["d"] = 0 };
        var secondAfterA = 0;
        for (var i = 0; i < Calls; i++)
        {
            var order = Order(routes);
            first[order[0]]++;
            secondAfterA += order[0] == "a" && order[1] == "b" ? 1 : 0;
            Assert.Equal("d", order[3]);
        }

        // Six standard deviations: one run in half a billion is out of it by chance.
        AssertNear(0.5, first["a"], Calls);
        AssertNear(0.3, first["b"], Calls);
        AssertNear(0.2, first["c"], Calls);
        AssertNear(0.6, secondAfterA, first["a"]);
    }

    [Fact]
    public void Turns_go_round_evenly_also_where_one_is_down()
    {
        var routes = Routes("round-robin", null, ("a", 1, 0), ("b", 1, 0), ("c", 1, 0));
        Assert.Equal(["abc", "bca", "cab", "abc"], Enumerable.Range(0, 4).Select(_ => string.Concat(Order(routes))));

        routes.Routes[1].State!.IsCheckedDown = true;
        var firsts = Enumerable.Range(0, 10).Select(_ => Order(routes)).ToList();
        Assert.Equal(5, firsts.Count(order => order[0] == "a"));
        Assert.Equal(5, firsts.Count(order => order[0] == "c"));
        Assert.All(firsts, order => Assert.Equal("b", order[2]));
    }

    [Fact]
    public async Task Who_has_the_fewest_calls_in_flight_is_first()
    {
        var routes = Routes("least-in-flight", null, ("a", 1, 0), ("b", 1, 0), ("c", 1, 0));
        var answers = new List<ProviderAnswer>();
        foreach (var (place, calls) in new[] { (0, 2), (2, 1) })
        {
            for (var i = 0; i < calls; i++)
                answers.Add(await routes.Routes[place].State!.SendAsync(new ProviderCall { Api = ApiKind.Chat }, null, CancellationToken.None));
        }

        Assert.Equal(["b", "c", "a"], Order(routes));
        foreach (var answer in answers)
        {
            await answer.DisposeAsync();
            await answer.DisposeAsync();
        }

        Assert.All(routes.Routes, route => Assert.Equal(0, route.State!.InFlight));
        Assert.Equal(3, Enumerable.Range(0, 3).Select(_ => Order(routes)[0]).Distinct().Count());
    }

    [Fact]
    public void Who_answered_fastest_of_late_is_first_and_the_others_are_looked_at_again()
    {
        var routes = Routes("lowest-latency", null, ("a", 1, 0), ("b", 1, 0), ("c", 1, 0));
        Measure(0, 0.3);
        Measure(1, 0.1);
        Measure(2, 0.2);

        var firsts = Enumerable.Range(0, 16).Select(_ => string.Concat(Order(routes))).ToList();
        Assert.Equal(15, firsts.Count(order => order == "bca"));
        Assert.Equal("abc", firsts[15]);

        // It is fast again, and that is found out in time.
        for (var i = 0; i < 20; i++)
            Measure(0, 0.01);
        Assert.Equal(["a", "b", "c"], Order(routes));

        void Measure(int place, double seconds)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            routes.Routes[place].Stats!.Measured(seconds, _time.GetTimestamp());
        }
    }

    [Fact]
    public void A_route_that_was_never_measured_is_tried()
    {
        var routes = Routes("lowest-latency", null, ("a", 1, 0), ("b", 1, 0));
        routes.Routes[0].Stats!.Measured(0.001, 1);
        Assert.Equal(["b", "a"], Order(routes));
    }

    [Theory]
    [InlineData("priority")]
    [InlineData("round-robin")]
    [InlineData("weighted")]
    [InlineData("least-in-flight")]
    [InlineData("lowest-latency")]
    public void Priorities_come_before_every_strategy_and_being_up_before_priorities(string strategy)
    {
        var routes = Routes(strategy, null, ("c", 9, 2), ("a", 1, 0), ("b", 1, 1));
        for (var i = 0; i < 40; i++)
            Assert.Equal(["a", "b", "c"], Order(routes));

        routes.Routes[1].Stats!.Rest(_time.GetUtcNow() + TimeSpan.FromSeconds(5));
        Assert.Equal(["b", "c", "a"], Order(routes));
        Assert.Equal(["a", "b", "c"], Order(routes, preferred: "A"));
        Assert.Equal(["c", "b", "a"], Order(routes, preferred: "c"));
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(["a", "b", "c"], Order(routes));
    }

    [Fact]
    public void Who_does_not_speak_the_api_is_left_out()
    {
        var routes = Routes("priority", null, new("a", 1, 0), new("b", 1, 0), new("chat-only", 1, 0));
        Assert.Equal(["a", "b"], Order(routes, ApiKind.Embeddings));
        Assert.Equal(["a", "b", "chat-only"], Order(routes, ApiKind.Responses));
    }

    private static void AssertNear(double share, int count, int of)
    {
        var deviation = Math.Sqrt(of * share * (1 - share));
        Assert.InRange(count, (of * share) - (6 * deviation), (of * share) + (6 * deviation));
    }

    private static string[] Order(ModelRoutes routes, ApiKind api = ApiKind.Chat, string? preferred = null) =>
        [.. routes.Balance!.Order(routes.Routes, api, preferred).Select(route => route.Provider.Options.Name)];

    private ModelRoutes Routes(string strategy, int? seed, params (string Name, int Weight, int Priority)[] routes)
    {
        var options = new GatewayOptions
        {
            Providers = [.. routes.Select(r => new ProviderOptions { Name = r.Name, BaseUrl = "http://x", Apis = r.Name == "chat-only" ? ["chat"] : ["all"] })],
            Models =
            [
                new ModelOptions
                {
                    Name = "m",
                    Strategy = strategy,
                    Routes = [.. routes.Select(r => new RouteOptions { Provider = r.Name, Weight = r.Weight, Priority = r.Priority })],
                },
            ],
        };
        return RoutingTable.Build(options, new AnsweringProviderFactory(), null, 0, new RandomSource(seed), _time).Find("m", null);
    }

    private sealed class AnsweringProviderFactory : IProviderFactory
    {
        public IProvider Create(ProviderOptions options) => new Answering(options);
    }

    private sealed class Answering(ProviderOptions options) : IProvider
    {
        public ProviderOptions Options => options;

        public ApiKind Apis => options.ApiSet();

        public ValueTask<ProviderAnswer> SendAsync(ProviderCall call, CancellationToken cancellationToken) => new(new ProviderAnswer(200, "application/json", new MemoryStream()));
    }
}
