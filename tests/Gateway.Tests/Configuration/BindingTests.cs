using AiGateway.Configuration;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace AiGateway.Tests.Configuration;

public sealed class BindingTests
{
    private const string Providers = """ "Providers": [ { "Name": "p", "BaseUrl": "http://p.test/v1" } ] """;
    private const string Models = """ "Models": [ { "Name": "*", "Provider": "p" } ] """;

    [Fact]
    public void Every_setting_is_read()
    {
        var options = Json.Read("""
            {
              "Providers": [
                {
                  "Name": "one", "Kind": "openai", "BaseUrl": "https://one.test/v1", "BasePath": "/v2", "ApiKey": "k", "Apis": ["chat", "responses"],
                  "Headers": [ { "Name": "OpenAI-Organization", "Value": "org" } ], "RequestHeaders": ["X-*"], "ResponseHeaders": [],
                  "ConnectTimeout": "00:00:01", "FirstByteTimeout": "00:00:02", "IdleTimeout": "00:00:03",
                  "StreamUsage": false, "MaxTokensField": "max_tokens", "ReasoningField": "reasoning"
                }
              ],
              "Models": [ { "Name": "m", "Aliases": ["a", "b"], "Provider": "one", "RewriteTo": "m-1", "PreferredApi": "chat" } ],
              "Storage": { "Path": ":memory:", "Retention": "0" },
              "MaxRequestBodyBytes": 1024, "HeartbeatInterval": "00:00:05", "AllowAnonymous": true, "ReasoningEvents": "openai", "EchoJsonSchema": false
            }
            """);

        var provider = Assert.Single(options.Providers);
        Assert.Equal(("one", "openai", "https://one.test/v1", "/v2", "k"), (provider.Name, provider.Kind, provider.BaseUrl, provider.BasePath, provider.ApiKey));
        Assert.Equal(["chat", "responses"], provider.Apis);
        Assert.Equal([("OpenAI-Organization", "org")], provider.Headers.Select(h => (h.Name, h.Value)));
        Assert.Equal(["X-*"], provider.RequestHeaders!);
        Assert.Empty(provider.ResponseHeaders!);
        Assert.Equal((1, 2, 3), (provider.ConnectTimeout.Seconds, provider.FirstByteTimeout.Seconds, provider.IdleTimeout.Seconds));
        Assert.Equal((false, "max_tokens", "reasoning"), (provider.StreamUsage, provider.MaxTokensField, provider.ReasoningField));

        var model = Assert.Single(options.Models);
        Assert.Equal(("m", "one", "m-1", "chat"), (model.Name, model.Provider, model.RewriteTo, model.PreferredApi));
        Assert.Equal(["a", "b"], model.Aliases);

        Assert.Equal((":memory:", TimeSpan.Zero), (options.Storage.Path, options.Storage.Retention));
        Assert.Equal((1024, 5, true, "openai", false), (options.MaxRequestBodyBytes, options.HeartbeatInterval.Seconds, options.AllowAnonymous, options.ReasoningEvents, options.EchoJsonSchema));
    }

    [Fact]
    public void What_is_left_out_keeps_its_default()
    {
        var options = Json.Read($$"""{ {{Providers}}, {{Models}}, "Storage": {}, "HeartbeatInterval": null }""");

        Assert.Equal(("data/aigateway.db", TimeSpan.FromDays(30)), (options.Storage.Path, options.Storage.Retention));
        Assert.Equal((64 * 1024 * 1024, 15), (options.MaxRequestBodyBytes, options.HeartbeatInterval.TotalSeconds));
        Assert.Equal((false, "auto", true), (options.AllowAnonymous, options.ReasoningEvents, options.EchoJsonSchema));
        Assert.Null(options.Providers[0].RequestHeaders);
        Assert.Null(options.Providers[0].ApiKey);
    }

    [Theory]
    [InlineData("""{ "Provders": [] }""", "Gateway:Provders is not a setting.")]
    [InlineData("""{ "Storage": { "Pfad": "x" } }""", "Gateway:Storage:Pfad is not a setting.")]
    [InlineData("""{ "Providers": [ { "Name": "p", "BaseUrl": "http://p.test", "BaseUri": "x" } ] }""", "Gateway:Providers:0:BaseUri is not a setting.")]
    [InlineData("""{ "Providers": [ { "Name": "p", "Headers": [ { "Key": "x" } ] } ] }""", "Gateway:Providers:0:Headers:0:Key is not a setting.")]
    [InlineData("""{ "AllowAnonymous": "perhaps" }""", "Gateway:AllowAnonymous must be true or false.")]
    [InlineData("""{ "MaxRequestBodyBytes": "64 MiB" }""", "Gateway:MaxRequestBodyBytes must be a whole number.")]
    [InlineData("""{ "HeartbeatInterval": "soon" }""", "Gateway:HeartbeatInterval must be a duration such as 00:00:15")]
    [InlineData("""{ "HeartbeatInterval": 15 }""", "Gateway:HeartbeatInterval must be a duration such as 00:00:15")]
    [InlineData("""{ "Models": "gpt-4o" }""", "Gateway:Models must be a list.")]
    [InlineData("""{ "Models": [ {} ] }""", "Gateway:Models:0 is empty.")]
    [InlineData("""{ "Models": [ "gpt-4o" ] }""", "Gateway:Models:0 must be an object")]
    [InlineData("""{ "Storage": "here" }""", "Gateway:Storage must be an object")]
    [InlineData("""{ "ReasoningEvents": ["openai"] }""", "Gateway:ReasoningEvents must be a single value.")]
    public void What_cannot_be_read_is_refused_by_its_full_name(string gateway, string problem) =>
        Assert.StartsWith(problem, Assert.Single(Json.Problems(gateway)), StringComparison.Ordinal);

    [Fact]
    public void The_environment_stands_in_for_references()
    {
        var options = Json.Read(
            $$$"""{ "Providers": [ { "Name": "p", "BaseUrl": "http://${HOST}:${PORT}/v1", "ApiKey": "$${HOST}-${KEY}$" } ], {{{Models}}}, "AllowAnonymous": "${ANYONE}" }""",
            ("HOST", "p.test"), ("PORT", "81"), ("KEY", "secret"), ("ANYONE", "true"));

        Assert.Equal("http://p.test:81/v1", options.Providers[0].BaseUrl);
        Assert.Equal("${HOST}-secret$", options.Providers[0].ApiKey);
        Assert.True(options.AllowAnonymous);
    }

    [Theory]
    [InlineData("${GONE}", "Gateway:Providers:0:ApiKey refers to ${GONE}, but the environment variable GONE is not set.")]
    [InlineData("${EMPTY}", "Gateway:Providers:0:ApiKey refers to ${EMPTY}, but the environment variable EMPTY is not set.")]
    [InlineData("x${GO NE}", "Gateway:Providers:0:ApiKey has a '${' without a variable's name and '}' after it; write '$${' for a plain '${'.")]
    [InlineData("x${GONE", "Gateway:Providers:0:ApiKey has a '${' without a variable's name and '}' after it; write '$${' for a plain '${'.")]
    public void A_reference_to_nothing_is_refused(string key, string problem) =>
        Assert.Equal(problem, Assert.Single(Json.Problems($$"""{ "Providers": [ { "Name": "p", "ApiKey": "{{key}}" } ] }""", ("EMPTY", ""))));

    [Fact]
    public void Environment_variables_may_name_list_entries_and_problems_name_them_too()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Gateway:Providers:local:Name"] = "p",
            ["Gateway:Providers:local:BaseUrl"] = "p.test",
            ["Gateway:Models:5:Name"] = "*",
            ["Gateway:Models:5:Provider"] = "q",
        }).Build();

        var thrown = Assert.Throws<GatewayConfigurationException>(() => GatewayConfiguration.Read(configuration, Json.Environment()));

        Assert.Equal(
            ["Gateway:Providers:local:BaseUrl must be an absolute http or https URL.", "Gateway:Models:5:Provider: there is no provider 'q'."],
            thrown.Problems);
    }

    [Fact]
    public void Settings_are_compared_by_value()
    {
        var text = $$"""{ {{Providers}}, "Models": [ { "Name": "m", "Provider": "p", "Aliases": ["a"] } ] }""";
        Assert.Equal(Json.Read(text), Json.Read(text));
        Assert.Equal(Json.Read(text).GetHashCode(), Json.Read(text).GetHashCode());
        Assert.NotEqual(Json.Read(text), Json.Read(text.Replace("\"a\"", "\"b\"", StringComparison.Ordinal)));
    }

    [Fact]
    public void Printing_a_provider_shows_no_key()
    {
        var options = Json.Read($$"""{ "Providers": [ { "Name": "p", "BaseUrl": "http://p.test", "ApiKey": "secret-1", "Headers": [ { "Name": "X-Key", "Value": "secret-2" } ] } ], {{Models}} }""");
        Assert.DoesNotContain("secret", $"{options} {options.Providers[0]} {options.Providers[0].Headers[0]}", StringComparison.Ordinal);
    }
}
