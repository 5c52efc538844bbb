using Xunit;

namespace AiGateway.Tests.Configuration;

public sealed class ValidationTests
{
    [Theory]
    [InlineData(""" "Name": "" """, "Name must be a name, without spaces around it.")]
    [InlineData(""" "Kind": "gemini" """, "Kind must be 'openai' or 'demo'.")]
    [InlineData(""" "BaseUrl": null """, "BaseUrl must be an absolute http or https URL.")]
    [InlineData(""" "BaseUrl": "p.test/v1" """, "BaseUrl must be an absolute http or https URL.")]
    [InlineData(""" "BaseUrl": "ftp://p.test" """, "BaseUrl must be an absolute http or https URL.")]
    [InlineData(""" "BaseUrl": "http://user:secret@p.test" """, "BaseUrl must not hold a user name or password; use ApiKey or Headers.")]
    [InlineData(""" "BaseUrl": "http://p.test/v1?key=secret" """, "BaseUrl must have neither a query nor a fragment: endpoint paths are put after it.")]
    [InlineData(""" "BasePath": "/v1?x" """, "BasePath must be a path such as /v1, or empty.")]
    [InlineData(""" "ApiKey": "" """, "ApiKey must not be empty; leave it out to send none.")]
    [InlineData(""" "ApiKey": "secret\n" """, "ApiKey must hold printable ASCII characters only (is there a line break at its end?).")]
    [InlineData(""" "ApiKey": " secret" """, "ApiKey must not begin or end with a space.")]
    [InlineData(""" "Apis": ["chat", "fax"] """, "Apis:1 must be one of chat, responses, embeddings, images, models, all.")]
    [InlineData(""" "Apis": ["1"] """, "Apis:0 must be one of chat, responses, embeddings, images, models, all.")]
    [InlineData(""" "ConnectTimeout": "0" """, "ConnectTimeout must be longer than zero.")]
    [InlineData(""" "FirstByteTimeout": "-00:00:01" """, "FirstByteTimeout must be longer than zero.")]
    [InlineData(""" "IdleTimeout": "32.00:00:00" """, "IdleTimeout must be at most 31 days.")]
    [InlineData(""" "MaxTokensField": "tokens" """, "MaxTokensField must be 'max_completion_tokens' or 'max_tokens'.")]
    [InlineData(""" "ReasoningField": "thoughts" """, "ReasoningField must be 'reasoning_content' or 'reasoning', or be left out.")]
    [InlineData(""" "Headers": [ { "Name": "authorization", "Value": "secret" } ] """, "Headers:0:Name must not name 'authorization': the gateway sets it itself, for each side.")]
    [InlineData(""" "Headers": [ { "Name": "Content-Length", "Value": "secret" } ] """, "Headers:0:Name must not name 'Content-Length': the gateway sets it itself, for each side.")]
    [InlineData(""" "Headers": [ { "Name": "X Y", "Value": "secret" } ] """, "Headers:0:Name must be a header's name.")]
    [InlineData(""" "Headers": [ { "Name": "X-*", "Value": "secret" } ] """, "Headers:0:Name must be a header's name, without '*'.")]
    [InlineData(""" "Headers": [ { "Name": "X", "Value": "secret\r\nHost: x" } ] """, "Headers:0:Value must hold printable ASCII characters only (is there a line break at its end?).")]
    [InlineData(""" "Headers": [ { "Name": "X", "Value": "a" }, { "Name": "x", "Value": "b" } ] """, "Headers:1:Name: 'x' is there already.")]
    [InlineData(""" "RequestHeaders": ["X-Fine", "Authorization"] """, "RequestHeaders:1 must not name 'Authorization': the gateway sets it itself, for each side.")]
    [InlineData(""" "RequestHeaders": ["Content-*"] """, "RequestHeaders:0 must not name 'Content-*': the gateway sets it itself, for each side.")]
    [InlineData(""" "RequestHeaders": ["*-x"] """, "RequestHeaders:0 may have '*' only at the end.")]
    [InlineData(""" "ResponseHeaders": ["Transfer-Encoding"] """, "ResponseHeaders:0 must not name 'Transfer-Encoding': the gateway sets it itself, for each side.")]
    public void A_wrong_provider_is_refused(string setting, string problem)
    {
        // A later setting of the same name would be given twice: leave the default one out.
        var defaults = new[] { ("Name", "p"), ("BaseUrl", "http://p.test") }
            .Where(d => !setting.Contains($"\"{d.Item1}\":", StringComparison.Ordinal) || setting.Contains('['))
            .Select(d => $"\"{d.Item1}\": \"{d.Item2}\"");
        var provider = string.Join(", ", defaults.Append(setting));
        var problems = Json.Problems($$"""{ "Providers": [ { {{provider}} } ], "Models": [ { "Name": "m", "Provider": "p" } ] }""");

        Assert.Equal("Gateway:Providers:0:" + problem, problems[0]);
        Assert.DoesNotContain("secret", string.Join('\n', problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "Provider": "p" }""", "Name must be a name, without spaces around it.")]
    [InlineData("""{ "Name": "g*t", "Provider": "p" }""", "Name: 'g*t' may have '*' only once and at the end.")]
    [InlineData("""{ "Name": "g**", "Provider": "p" }""", "Name: 'g**' may have '*' only once and at the end.")]
    [InlineData("""{ "Name": "m" }""", "Provider must name a provider.")]
    [InlineData("""{ "Name": "m", "Provider": "q" }""", "Provider: there is no provider 'q'.")]
    [InlineData("""{ "Name": "m", "Provider": "p", "Aliases": ["m"] }""", "Aliases:0: there is another model or alias 'm'.")]
    [InlineData("""{ "Name": "m", "Provider": "p", "Aliases": ["n*"] }""", "Aliases:0 must be a name, without '*'.")]
    [InlineData("""{ "Name": "m*", "Provider": "p", "Aliases": ["n"] }""", "Aliases: a pattern has no aliases; give the alias a model of its own.")]
    [InlineData("""{ "Name": "m", "Provider": "p", "Price": { "Input": -0.1 } }""", "Price:Input must not be negative.")]
    [InlineData("""{ "Name": "m", "Provider": "p", "Price": { "Input": 1, "CachedInput": -1 } }""", "Price:CachedInput must not be negative.")]
    [InlineData("""{ "Name": "m", "Provider": "p", "Price": { "Output": -1 } }""", "Price:Output must not be negative.")]
    [InlineData("""{ "Name": "m", "Provider": "p", "RewriteTo": "*" }""", "RewriteTo has '*', but the model's name has none.")]
    [InlineData("""{ "Name": "m*", "Provider": "p", "RewriteTo": "**" }""", "RewriteTo may have '*' only once.")]
    [InlineData("""{ "Name": "m", "Provider": "p", "RewriteTo": "" }""", "RewriteTo must be a name, without spaces around it.")]
    [InlineData("""{ "Name": "m", "Provider": "p", "PreferredApi": "images" }""", "PreferredApi must be 'chat' or 'responses'.")]
    [InlineData("""{ "Name": "m", "Provider": "p", "PreferredApi": "responses" }""", "PreferredApi: the provider 'p' does not speak 'responses'; see its Apis.")]
    public void A_wrong_model_is_refused(string model, string problem) =>
        Assert.Equal(
            "Gateway:Models:0:" + problem,
            Assert.Single(Json.Problems($$"""{ "Providers": [ { "Name": "p", "BaseUrl": "http://p.test" } ], "Models": [ {{model}} ] }""")));

    [Theory]
    [InlineData(""" "Storage": { "Path": "" } """, "Gateway:Storage:Path must name a file, or ':memory:'.")]
    [InlineData(""" "Storage": { "Retention": "-1.00:00:00" } """, "Gateway:Storage:Retention must not be negative; 0 keeps responses for ever.")]
    [InlineData(""" "MaxRequestBodyBytes": 0 """, "Gateway:MaxRequestBodyBytes must be from 1 to 2147483591.")]
    [InlineData(""" "HeartbeatInterval": "-00:00:01" """, "Gateway:HeartbeatInterval must be from 0 (none) to 31 days.")]
    [InlineData(""" "Responses": { "WebSocketLifetime": "0" } """, "Gateway:Responses:WebSocketLifetime must be longer than zero.")]
    [InlineData(""" "Responses": { "WebSocketMaxWaiting": -1 } """, "Gateway:Responses:WebSocketMaxWaiting must not be negative.")]
    [InlineData(""" "ReasoningEvents": "both" """, "Gateway:ReasoningEvents must be 'auto', 'open-responses' or 'openai'.")]
    [InlineData(""" "Providers": [ { "Name": "p", "Kind": "demo" } ] """, """Gateway:Models must name at least one model; {"Name": "*", "Provider": "p"} serves every name.""")]
    public void A_wrong_setting_is_refused(string setting, string problem) =>
        Assert.Equal(problem, Assert.Single(Json.Problems($"{{ {setting} }}")));

    [Fact]
    public void Names_are_unique()
    {
        var problems = Json.Problems("""
            {
              "Providers": [ { "Name": "p", "Kind": "demo" }, { "Name": "P", "Kind": "demo" } ],
              "Models": [
                { "Name": "m", "Provider": "p" }, { "Name": "n", "Provider": "p", "Aliases": ["m", "M"] },
                { "Name": "g*", "Provider": "p" }, { "Name": "g*", "Provider": "p" }
              ]
            }
            """);

        Assert.Equal(
            [
                "Gateway:Providers:1:Name: there is another provider 'P'.",
                "Gateway:Models:1:Aliases:0: there is another model or alias 'm'.",
                "Gateway:Models:3:Name: there is another model or alias 'g*'.",
            ],
            problems);
    }

    [Fact]
    public void Every_problem_is_in_the_one_message() => Assert.Equal(
        [
            "Gateway:Providers:0:Kind must be 'openai' or 'demo'.",
            "Gateway:Providers:1:BaseUrl must be an absolute http or https URL.",
            "Gateway:Models:0:Provider: there is no provider 'c'.",
            "Gateway:ReasoningEvents must be 'auto', 'open-responses' or 'openai'.",
        ],
        Json.Problems("""
            {
              "Providers": [ { "Name": "a", "Kind": "x", "BaseUrl": "http://a.test" }, { "Name": "b" } ],
              "Models": [ { "Name": "m", "Provider": "c" } ], "ReasoningEvents": ""
            }
            """));

    [Fact]
    public void The_demo_provider_needs_no_address_and_takes_either_preference() => Assert.Single(Json.Read("""
        { "Providers": [ { "Name": "d", "Kind": "demo" } ], "Models": [ { "Name": "m", "Provider": "D", "PreferredApi": "Responses" } ] }
        """).Models);

    [Theory]
    [InlineData(""" "SealingKey": "too-short-secret" """, "SealingKey must be 32 bytes in base64, as 'openssl rand -base64 32' makes them.")]
    [InlineData(""" "SealingKey": "" """, "SealingKey must be 32 bytes in base64, as 'openssl rand -base64 32' makes them.")]
    [InlineData(""" "PreviousSealingKeys": ["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "c2VjcmV0"] """, "PreviousSealingKeys:1 must be 32 bytes in base64.")]
    public void A_wrong_sealing_key_is_refused_without_being_repeated(string setting, string problem)
    {
        var problems = Json.Problems($$"""{ "Storage": { {{setting}} } }""");

        Assert.Equal(["Gateway:Storage:" + problem], problems);
        Assert.DoesNotContain("secret", problems[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_sealing_key_can_come_from_the_environment_and_is_in_no_text_about_the_settings()
    {
        const string Key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

        var options = Json.Read("""{ "Storage": { "SealingKey": "${SEALING}" } }""", ("SEALING", Key));

        Assert.Equal(Key, options.Storage.SealingKey);
        Assert.DoesNotContain(Key, options.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    public void A_context_window_holds_something(string window) => Assert.Equal(
        ["Gateway:Models:0:ContextWindow must be at least 1; leave it out where it is not known."],
        Json.Problems($$"""{ "Providers": [ { "Name": "p", "BaseUrl": "http://p.test" } ], "Models": [ { "Name": "m", "Provider": "p", "ContextWindow": {{window}} } ] }"""));
}
