using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Configuration;
using AiGateway.Providers;
using AiGateway.Routing;
using Microsoft.Extensions.Configuration;

namespace AiGateway.AspNetCore.Tests.Samples;

/// <summary>What the README tells a newcomer to type works as it stands.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string Readme = File.ReadAllText(Path.Combine(Path.GetDirectoryName(Here())!, "../../../README.md"));

    public static TheoryData<string, string> Posts
    {
        get
        {
            var posts = new TheoryData<string, string>();
            foreach (Match post in Post().Matches(Readme))
                posts.Add(post.Groups["path"].Value, post.Groups["body"].Value);
            return posts;
        }
    }

    public static TheoryData<string> Gets
    {
        get
        {
            var gets = new TheoryData<string>();
            foreach (Match get in Get().Matches(Readme))
                gets.Add(get.Groups["path"].Value);
            return gets;
        }
    }

    [Fact]
    public void There_is_a_command_for_each_endpoint() => Assert.Equal(
        ["/health", "/health/ready", "/openapi/v1.json", "/v1/chat/completions", "/v1/embeddings", "/v1/images/generations", "/v1/models", "/v1/models/demo", "/v1/responses", "/v1/responses/compact", "/v1/responses/input_tokens"],
        Posts.Concat(Gets).Select(call => (string)call[0]).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Posts))]
    public async Task Its_calls_are_answered(string path, string body)
    {
        await using var gateway = await DemoAsync();
        using var response = await gateway.PostAsync(path, body, "any");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(
            JsonNode.Parse(body)!["stream"]?.GetValue<bool>() == true ? "text/event-stream" : "application/json",
            response.Content.Headers.ContentType!.MediaType);
    }

    [Theory]
    [MemberData(nameof(Gets))]
    public async Task Its_questions_are_answered(string path)
    {
        await using var gateway = await DemoAsync();
        using var response = await gateway.Client.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public void Its_configuration_is_valid()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, Settings().Match(Readme).Groups["json"].Value);
            var configuration = new ConfigurationBuilder().Add(new ConfigurationFile(file)).Build();
            var options = GatewayConfiguration.Read(configuration, name => name == "OPENAI_API_KEY" ? "sk-of-a-test" : null);
            Assert.Equal("sk-of-a-test", options.Providers[0].ApiKey);
            Assert.Equal(["openai", "local", "demo"], options.Providers.Select(p => p.Name));
            (configuration as IDisposable)?.Dispose();
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static Task<TestGateway> DemoAsync() => TestGateway.StartAsync(new GatewayOptions
    {
        Providers = [new ProviderOptions { Name = "demo", Kind = "demo" }],
        Models = [new ModelOptions { Name = "demo", Provider = "demo" }],
    });

    private static string Here([CallerFilePath] string path = "") => path;

    [GeneratedRegex(@"curl (-N )?http://127\.0\.0\.1:808\d(?<path>/\S+) -H [^{]*-d '(?<body>\{[^']*\})'")]
    private static partial Regex Post();

    [GeneratedRegex(@"^curl http://127\.0\.0\.1:8080(?<path>/\S+)$", RegexOptions.Multiline)]
    private static partial Regex Get();

    [GeneratedRegex(@"```json\n(?<json>\{\n  ""Gateway"".*?)```", RegexOptions.Singleline)]
    private static partial Regex Settings();
}
