using AiGateway.Configuration;
using Xunit;

namespace AiGateway.Tests.Configuration;

public sealed class DefaultSetupTests
{
    [Fact]
    public void With_nothing_the_demo_model_is_served()
    {
        var options = Json.Read("{}");
        Assert.Equal([("demo", "demo")], options.Providers.Select(p => (p.Name, p.Kind)));
        Assert.Equal([("demo", "demo")], options.Models.Select(m => (m.Name, m.Provider)));
    }

    [Fact]
    public void With_a_key_openai_serves_the_rest()
    {
        var options = Json.Read("{}", ("OPENAI_API_KEY", " key\n"), ("OPENAI_BASE_URL", ""));
        var openAi = options.Providers[1];
        Assert.Equal(("openai", "openai", "https://api.openai.com/v1", "key"), (openAi.Name, openAi.Kind, openAi.BaseUrl, openAi.ApiKey));
        Assert.Equal(["chat", "responses", "embeddings", "images"], openAi.Apis);
        Assert.Equal([("demo", "demo"), ("*", "openai")], options.Models.Select(m => (m.Name, m.Provider)));
    }

    [Theory]
    [InlineData("https://API.openai.com/v1", true)]
    [InlineData("http://localhost:11434/v1", false)]
    [InlineData("https://api.openai.com.evil.test/v1", false)]
    public void Only_openai_itself_is_taken_to_speak_responses(string url, bool responses) =>
        Assert.Equal(responses, Json.Read("{}", ("OPENAI_BASE_URL", url)).Providers[1].Apis.Contains("responses"));

    [Fact]
    public void A_base_url_needs_no_key() =>
        Assert.Null(Json.Read("{}", ("OPENAI_BASE_URL", "http://localhost:11434/v1")).Providers[1].ApiKey);

    [Fact]
    public void LLM_MODEL_is_listed() => Assert.Equal(
        [("demo", "demo"), ("llama3:8b", "openai"), ("*", "openai")],
        Json.Read("{}", ("OPENAI_API_KEY", "key"), ("LLM_MODEL", "llama3:8b")).Models.Select(m => (m.Name, m.Provider)));

    [Fact]
    public void LLM_MODEL_may_be_called_demo() => Assert.Equal(
        [("demo", "openai"), ("*", "openai")],
        Json.Read("{}", ("OPENAI_API_KEY", "key"), ("LLM_MODEL", "demo")).Models.Select(m => (m.Name, m.Provider)));

    [Fact]
    public void A_configuration_of_ones_own_takes_the_place_of_all_that() => Assert.Equal(
        ["d"],
        Json.Read("""{ "Providers": [ { "Name": "d", "Kind": "demo" } ], "Models": [ { "Name": "x", "Provider": "d" } ] }""", ("OPENAI_API_KEY", "key"))
            .Providers.Select(p => p.Name));

    [Fact]
    public void The_variables_are_checked_by_their_own_names() => Assert.Equal(
        [
            "OPENAI_BASE_URL must be an absolute http or https URL.",
            "OPENAI_API_KEY must hold printable ASCII characters only (is there a line break at its end?).",
            "LLM_MODEL must name one model, without '*'.",
        ],
        Json.Problems("{}", ("OPENAI_BASE_URL", "localhost"), ("OPENAI_API_KEY", "se\ncret"), ("LLM_MODEL", "gpt-*")));

    [Fact]
    public void Settings_made_in_code_get_the_same_defaults_and_checks()
    {
        using var configuration = new GatewayConfiguration(new GatewayOptions(), Json.Environment());
        Assert.Equal("demo", Assert.Single(configuration.Current.Models).Name);
        Assert.Throws<GatewayConfigurationException>(() => new GatewayConfiguration(new GatewayOptions { MaxRequestBodyBytes = 0 }, Json.Environment()));
    }
}
