using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Routing;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.ChatCompletions;

/// <summary>What the client says is what the provider hears, byte for byte but for the model's name and the wish for usage.</summary>
public sealed class ChatRequestTests
{
    private const string Path = "/v1/chat/completions";

    // Order, white space, escapes, number forms, unknown fields, and "model" in every place where it is not the model.
    private const string Odd =
        "{ \"zeta\" : 1.50 ,\n\t\"user\":\"\\u00e9 \\\"model\\\": \\\"x\\\" \\/\",\"nested\":{\"model\":\"inner\",\"stream_options\":{\"a\":1}}, \"messages\" :[ {\"role\":\"user\",\"content\":\"say \\\"model\\\":\\\"y\\\" 😀\"} ] , \"model\"  :  \"m\" , \"big\":12345678901234567890, \"e\":1E+2,\"metadata\":{\"model\":\"z\"},\"tools\":[],\"x\":null }";

    [Fact]
    public async Task A_request_reaches_the_provider_byte_for_byte() => Assert.Equal(Odd, await ReceivedAsync(Odd));

    [Fact]
    public async Task A_rewritten_name_is_the_only_change() => Assert.Equal(
        Odd.Replace("\"model\"  :  \"m\"", "\"model\"  :  \"theirs/ü-\\\"1\\\"\"", StringComparison.Ordinal),
        await ReceivedAsync(Odd, rewriteTo: "theirs/ü-\"1\""));

    [Theory]
    [InlineData("\\u006d")]
    [InlineData("m")]
    public async Task A_name_may_be_written_with_escapes(string m) =>
        Assert.Contains("\"theirs\"", await ReceivedAsync($$"""{"model":"{{m}}","messages":[]}""", rewriteTo: "theirs"), StringComparison.Ordinal);

    [Fact]
    public async Task A_field_named_with_escapes_is_the_same_field() => Assert.Equal(
        """{"mod\u0065l":"theirs","messages":[]}""", await ReceivedAsync("""{"mod\u0065l":"m","messages":[]}""", rewriteTo: "theirs"));

    [Fact]
    public async Task Every_known_option_passes()
    {
        const string All = """
            {"model":"m","messages":[{"role":"developer","content":"d"},{"role":"user","content":[{"type":"text","text":"t"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AA==","detail":"low"}},{"type":"input_audio","input_audio":{"data":"AA==","format":"wav"}},{"type":"file","file":{"file_id":"f"}}]},{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}],"refusal":null},{"role":"tool","tool_call_id":"c","content":"r"}],"tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"},"strict":true}}],"tool_choice":{"type":"function","function":{"name":"f"}},"parallel_tool_calls":false,"response_format":{"type":"json_schema","json_schema":{"name":"s","schema":{"type":"object"},"strict":true}},"max_completion_tokens":5,"max_tokens":6,"temperature":0.1,"top_p":0.2,"n":2,"stop":["a","b"],"seed":7,"logprobs":true,"top_logprobs":3,"logit_bias":{"50256":-100},"frequency_penalty":0.3,"presence_penalty":0.4,"reasoning_effort":"low","verbosity":"low","modalities":["text"],"audio":{"voice":"alloy","format":"wav"},"prediction":{"type":"content","content":"p"},"metadata":{"a":"b"},"store":false,"service_tier":"flex","user":"u","safety_identifier":"s","prompt_cache_key":"k","web_search_options":{},"functions":[],"function_call":"auto"}
            """;
        Assert.Equal(All, await ReceivedAsync(All));
    }

    [Fact]
    public async Task A_stream_asks_the_provider_for_usage()
    {
        var received = JsonNode.Parse(await ReceivedAsync("""{"model":"m","messages":[],"stream":true}"""))!;

        Assert.True(received["stream_options"]!["include_usage"]!.GetValue<bool>());
        Assert.Equal(["messages", "model", "stream", "stream_options"], received.AsObject().Select(p => p.Key).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("""{"model":"m","stream_options":{"include_obfuscation":false,"x":1},"messages":[],"stream":true}""")]
    [InlineData("""{"stream_options":{"include_usage":false,"include_obfuscation":false,"x":1},"messages":[],"stream":true,"model":"m"}""")]
    [InlineData("""{"messages":[],"stream":true,"model":"m","stream_options":{"x":1,"include_obfuscation":false,"include_usage":null}}""")]
    public async Task The_clients_own_stream_options_are_kept(string body)
    {
        var options = JsonNode.Parse(await ReceivedAsync(body, rewriteTo: "theirs"))!["stream_options"]!.AsObject();

        Assert.Equal(["include_obfuscation", "include_usage", "x"], options.Select(p => p.Key).Order(StringComparer.Ordinal));
        Assert.True(options["include_usage"]!.GetValue<bool>());
        Assert.False(options["include_obfuscation"]!.GetValue<bool>());
    }

    [Fact]
    public async Task A_client_that_asks_for_usage_itself_changes_nothing()
    {
        const string Asks = """{"model":"m","messages":[],"stream":true,"stream_options":{"include_usage":true}}""";
        Assert.Equal(Asks, await ReceivedAsync(Asks));
    }

    [Fact]
    public async Task A_provider_that_refuses_the_field_is_not_sent_it()
    {
        const string Body = """{"model":"m","messages":[],"stream":true}""";
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await TestGateway.StartAsync(upstream, p => p with { StreamUsage = false });

        await gateway.PostStreamAsync(Path, Body);

        Assert.Equal(Body, upstream.Requests.Single().Text);
    }

    [Fact]
    public async Task Without_a_stream_nothing_is_asked_for()
    {
        const string Body = """{"model":"m","messages":[],"stream":false,"stream_options":null}""";
        Assert.Equal(Body, await ReceivedAsync(Body));
    }

    private static async Task<string> ReceivedAsync(string body, string? rewriteTo = null)
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await TestGateway.StartAsync(
            upstream, options: o => o with { Models = [new ModelOptions { Name = "m", Provider = "up", RewriteTo = rewriteTo }] });
        using var response = await gateway.PostAsync(Path, body);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        var received = upstream.Requests.Single();
        Assert.Equal("application/json", received.Header("Content-Type"));
        Assert.Equal(Path, received.RawTarget);
        return received.Text;
    }
}
