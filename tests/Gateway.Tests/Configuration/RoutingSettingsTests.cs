using AiGateway.Providers;
using AiGateway.Routing;
using Xunit;

namespace AiGateway.Tests.Configuration;

public sealed class RoutingSettingsTests
{
    [Fact]
    public void Routes_retries_breakers_and_checks_are_read()
    {
        var options = Json.Read("""
            {
              "Retry": { "MaxRetries": 2, "BaseDelay": "00:00:00.2" },
              "ProviderHeader": false,
              "Providers": [
                { "Name": "p", "BaseUrl": "http://p.test", "Breaker": { "FailureRatio": 0.25, "MinimumCalls": 9 }, "HealthCheck": { "Interval": "00:01:00" } },
                { "Name": "q", "BaseUrl": "http://q.test", "Apis": ["responses"] } ],
              "Models": [ { "Name": "m", "Strategy": "Weighted", "PreferredApi": "chat", "Retry": { "RetryUncertain": true },
                "Routes": [ { "Provider": "p", "Weight": 3, "Priority": 1, "RewriteTo": "x" }, { "Provider": "q" } ] } ]
            }
            """);

        Assert.Equal(new RetryOptions { MaxRetries = 2, BaseDelay = TimeSpan.FromSeconds(0.2) }, options.Retry);
        Assert.False(options.ProviderHeader);
        Assert.Equal(new BreakerOptions { FailureRatio = 0.25, MinimumCalls = 9 }, options.Providers[0].Breaker);
        Assert.Equal(new HealthCheckOptions { Interval = TimeSpan.FromMinutes(1) }, options.Providers[0].HealthCheck);
        Assert.Null(options.Providers[1].Breaker);
        Assert.Equal(new RouteOptions { Provider = "p", Weight = 3, Priority = 1, RewriteTo = "x" }, options.Models[0].Routes[0]);
        Assert.Equal(("Weighted", true), (options.Models[0].Strategy, options.Models[0].Retry!.RetryUncertain));
    }

    [Theory]
    [InlineData(""" "Strategy": "fastest", "Provider": "p" """, "Strategy must be one of priority, round-robin, weighted, least-in-flight, lowest-latency.")]
    [InlineData(""" "Provider": "p", "Routes": [ { "Provider": "p" } ] """, "Provider: the model has Routes; name the provider in one of them.")]
    [InlineData(""" "Routes": [ { "Provider": "p" }, { "Provider": "x" } ] """, "Routes:1:Provider: there is no provider 'x'.")]
    [InlineData(""" "Routes": [ { "Weight": 1 } ] """, "Routes:0:Provider must name a provider.")]
    [InlineData(""" "Routes": [ { "Provider": "p", "Weight": -1 } ] """, "Routes:0:Weight must be from 0 to 1000000.")]
    [InlineData(""" "Routes": [ { "Provider": "p", "Weight": 0 } ] """, "Routes: one at least must have a Weight above 0.")]
    [InlineData(""" "Routes": [ { "Provider": "p", "RewriteTo": "*" } ] """, "Routes:0:RewriteTo has '*', but the model's name has none.")]
    [InlineData(""" "Routes": [ { "Provider": "p", "PreferredApi": "responses" } ] """, "Routes:0:PreferredApi: the provider 'p' does not speak 'responses'; see its Apis.")]
    [InlineData(""" "Provider": "p", "Retry": { "MaxRetries": 11 } """, "Retry:MaxRetries must be from 0 to 10.")]
    [InlineData(""" "Provider": "p", "Retry": { "BaseDelay": "0" } """, "Retry:BaseDelay must be from 00:00:00.0010000 to 1.00:00:00.")]
    [InlineData(""" "Provider": "p", "Retry": { "BaseDelay": "00:00:09", "MaxDelay": "00:00:08" } """, "Retry:MaxDelay must not be shorter than BaseDelay.")]
    public void A_wrong_model_is_refused(string settings, string problem)
    {
        var problems = Json.Problems($$"""{ "Providers": [ { "Name": "p", "BaseUrl": "http://p.test" } ], "Models": [ { "Name": "m", {{settings}} } ] }""");
        Assert.Equal("Gateway:Models:0:" + problem, problems[0]);
    }

    [Theory]
    [InlineData(""" "Breaker": { "FailureRatio": 0 } """, "Breaker:FailureRatio must be above 0 and at most 1.")]
    [InlineData(""" "Breaker": { "FailureRatio": "NaN" } """, "Breaker:FailureRatio must be above 0 and at most 1.")]
    [InlineData(""" "Breaker": { "MinimumCalls": 1 } """, "Breaker:MinimumCalls must be at least 2.")]
    [InlineData(""" "Breaker": { "Window": "00:00:00.1" } """, "Breaker:Window must be from 00:00:00.5000000 to 1.00:00:00.")]
    [InlineData(""" "Breaker": { "BreakDuration": "2.00:00:00" } """, "Breaker:BreakDuration must be from 00:00:00.5000000 to 1.00:00:00.")]
    [InlineData(""" "HealthCheck": { "Interval": "00:00:00.5" } """, "HealthCheck:Interval must be from 00:00:01 to 1.00:00:00.")]
    [InlineData(""" "HealthCheck": { "UnhealthyAfter": 0 } """, "HealthCheck:UnhealthyAfter must be at least 1.")]
    [InlineData(""" "HealthCheck": { "Path": "/x" } """, "HealthCheck:Path is not a setting. Known here: Interval, Timeout, UnhealthyAfter, HealthyAfter.")]
    public void A_wrong_provider_is_refused(string settings, string problem)
    {
        var problems = Json.Problems($$"""{ "Providers": [ { "Name": "p", "BaseUrl": "http://p.test", {{settings}} } ], "Models": [ { "Name": "m", "Provider": "p" } ] }""");
        Assert.Equal("Gateway:Providers:0:" + problem, problems[0]);
    }
}
