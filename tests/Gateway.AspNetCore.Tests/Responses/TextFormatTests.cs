using System.Text.Json.Nodes;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.Responses;

public sealed class TextFormatTests
{
    private const string Schema = """{"type":"object","properties":{"n":{"type":"integer"}},"required":["n"],"additionalProperties":false}""";

    private const string Asked = $$"""{"type":"json_schema","name":"number","description":"One number.","schema":{{Schema}},"strict":true}""";

    [Theory]
    [InlineData("""{"type":"text"}""", null)]
    [InlineData("""{"type":"json_object"}""", """{"type":"json_object"}""")]
    [InlineData(Asked, $$$"""{"type":"json_schema","json_schema":{"name":"number","description":"One number.","schema":{{{Schema}}},"strict":true}}""")]
    public async Task Every_format_is_echoed_and_reaches_a_chat_provider_in_its_words(string asked, string? sent)
    {
        await using var served = await Served.ByChatAsync(Chat.Text("{\"n\":1}"));

        var response = await served.Gateway.CreateAsync(Request(asked), isStandard: !asked.Contains("json_schema", StringComparison.Ordinal));

        AssertSame(asked, response["text"]!["format"]);
        AssertSame(sent, served.Upstream.Requests[0].Json["response_format"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_schema_is_not_echoed_where_the_settings_say_so(bool native)
    {
        await using var served = native
            ? await Served.NativelyAsync(NativeResponses.Text("{}"), options => options with { EchoJsonSchema = false })
            : await Served.ByChatAsync(Chat.Text("{}"), options => options with { EchoJsonSchema = false });

        foreach (var response in (JsonObject[])[await served.Gateway.CreateAsync(Request(Asked)), (await served.Gateway.StreamAsync(Request(Asked))).Final])
            AssertSame("""{"type":"json_schema","name":"number","description":"One number.","schema":null,"strict":true}""", response["text"]!["format"]);
    }

    [Fact]
    public async Task What_a_schema_leaves_out_is_filled_in()
    {
        await using var served = await Served.ByChatAsync(Chat.Text("{}"));

        var response = await served.Gateway.CreateAsync(Request($$"""{"type":"json_schema","name":"n","schema":{{Schema}}}"""), isStandard: false);

        AssertSame($$"""{"type":"json_schema","name":"n","description":null,"schema":{{Schema}},"strict":false}""", response["text"]!["format"]);
    }

    [Fact]
    public async Task Verbosity_reaches_the_provider()
    {
        await using var served = await Served.ByChatAsync();

        await served.Gateway.CreateAsync("""{"model":"m","input":"Go","text":{"verbosity":"high"}}""");

        Assert.Equal("high", served.Upstream.Requests[0].Json["verbosity"]!.GetValue<string>());
    }

    private static string Request(string format) => $$$"""{"model":"m","input":"Go","text":{"format":{{{format}}}}}""";

    private static void AssertSame(string? expected, JsonNode? actual) =>
        Assert.True(JsonNode.DeepEquals(expected is null ? null : JsonNode.Parse(expected), actual), $"Expected {expected}, got {actual?.ToJsonString()}");
}
