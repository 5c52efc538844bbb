using System.Net;
using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.BadInput;
using AiGateway.AspNetCore.Tests.BadProviders;
using AiGateway.AspNetCore.Tests.Clients;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.AspNetCore.Tests.Hooks;
using AiGateway.AspNetCore.Tests.Responses;
using AiGateway.Hooks;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.Reference;

/// <summary>The end-to-end cases of the product whose job this one takes over, one test each, in its order.</summary>
public sealed class EndToEndCases
{
    private const string Chat = "/v1/chat/completions";

    [Fact]
    public Task Chat_01_basic() => ServedAsync(async (gateway, _) =>
    {
        var answer = await gateway.PostJsonAsync(Chat, Call.Of("chat").Body);
        Assert.Equal(("chat.completion", "m", "stop"), (Text(answer["object"]), Text(answer["model"]), Text(answer["choices"]![0]!["finish_reason"])));
        Assert.StartsWith("Hello!", Text(answer["choices"]![0]!["message"]!["content"]), StringComparison.Ordinal);
    });

    [Fact]
    public Task Chat_02_with_options() => ServedAsync(async (gateway, upstream) =>
    {
        await gateway.PostJsonAsync(Chat, """{"model":"m","messages":[{"role":"user","content":"Hi"}],"temperature":0.7,"max_tokens":100,"top_p":0.9,"stop":["x"],"user":"u"}""");
        var sent = upstream.Requests.Single().Json;
        Assert.Equal((0.7, 100, 0.9, "x", "u"), (Number(sent["temperature"]), (int)Number(sent["max_tokens"]), Number(sent["top_p"]), Text(sent["stop"]![0]), Text(sent["user"])));
    });

    [Fact]
    public Task Chat_03_several_messages() => ServedAsync(async (gateway, upstream) =>
    {
        await gateway.PostJsonAsync(Chat, """{"model":"m","messages":[{"role":"system","content":"s"},{"role":"user","content":"u"},{"role":"assistant","content":"a"},{"role":"user","content":"u2"}]}""");
        Assert.Equal(["system", "user", "assistant", "user"], upstream.Requests.Single().Json["messages"]!.AsArray().Select(m => Text(m!["role"])));
    });

    [Fact]
    public Task Chat_04_unknown_model() => UnknownModelAsync("chat");

    [Fact]
    public Task Chat_stream_05_basic() => ServedAsync(async (gateway, _) =>
    {
        var chunks = (await gateway.PostStreamAsync(Chat, Call.Of("chat stream").Body)).JsonBeforeDone();
        Assert.StartsWith("Hello!", string.Concat(chunks.Select(c => c["choices"]![0]!["delta"]!["content"]?.GetValue<string>())), StringComparison.Ordinal);
        Assert.Single(chunks.Select(c => Text(c["id"])).Distinct());
    });

    [Fact]
    public Task Chat_stream_06_finish_reason() => ServedAsync(async (gateway, _) =>
    {
        var chunks = (await gateway.PostStreamAsync(Chat, Call.Of("chat stream").Body)).JsonBeforeDone();
        Assert.Equal("stop", Text(chunks[^1]["choices"]![0]!["finish_reason"]));
        Assert.All(chunks[..^1], c => Assert.Null(c["choices"]![0]!["finish_reason"]));
    });

    [Fact]
    public Task Chat_stream_07_cancellation() => new LeavingClientTests().While_the_model_is_silent("chat stream");

    [Fact]
    public Task Chat_stream_08_unknown_model() => UnknownModelAsync("chat stream");

    [Fact]
    public Task Embeddings_09_single() => EmbeddingsAsync("\"one\"", 1);

    [Fact]
    public Task Embeddings_10_multiple() => EmbeddingsAsync("[\"one\",\"two\",\"three\"]", 3);

    [Fact]
    public Task Embeddings_11_dimensions() => ServedAsync(async (gateway, _) =>
    {
        var answer = await gateway.PostJsonAsync("/v1/embeddings", """{"model":"m","input":"x","dimensions":256}""");
        Assert.Equal(256, answer["data"]![0]!["embedding"]!.AsArray().Count);
    });

    [Fact]
    public Task Embeddings_12_unknown_model() => UnknownModelAsync("embeddings");

    [Fact]
    public Task Images_13_generation() => ServedAsync(async (gateway, upstream) =>
    {
        var answer = await gateway.PostJsonAsync("/v1/images/generations", """{"model":"m","prompt":"A cat","n":2,"size":"1024x1024"}""");
        Assert.Equal(2, answer["data"]!.AsArray().Count);
        Assert.Equal("1024x1024", Text(upstream.Requests.Single().Json["size"]));
    });

    [Fact]
    public Task Images_14_unknown_model() => UnknownModelAsync("images");

    [Fact]
    public Task Models_15_list() => ServedAsync(async (gateway, _) =>
    {
        var list = JsonNode.Parse(await gateway.Client.GetStringAsync("/v1/models"))!;
        Assert.Equal("list", Text(list["object"]));
        Assert.All(list["data"]!.AsArray(), m => Assert.Equal("model", Text(m!["object"])));
    });

    [Fact]
    public Task Errors_16_malformed_JSON() => RefusedAsync("{nonsense", HttpStatusCode.BadRequest, "invalid_json");

    [Fact]
    public Task Errors_17_missing_model() => RefusedAsync("""{"messages":[]}""", HttpStatusCode.BadRequest, "missing_required_parameter");

    [Fact]
    public Task Errors_18_of_the_provider() => Scene.RunAsync("chat", _ => Errors.ServerError(), async scene =>
        Assert.Equal("server_error", (await (await scene.AskAsync()).ErrorAsync(500)).Type));

    [Fact]
    public Task Authentication_19_missing_key() => new AuthenticationHookTests().A_wrong_key_and_no_key_are_401_and_go_no_further("chat");

    [Fact]
    public Task Authentication_20_valid_key() => new AuthenticationHookTests().Who_is_let_in_is_known_by_tenant("chat");

    [Fact]
    public Task Responses_21_basic() => ServedAsync(async (gateway, _) =>
    {
        var response = await gateway.CreateAsync(Call.Of("responses").Body);
        Assert.Equal("completed", response.Status());
        Assert.StartsWith("Hello!", response.OutputText(), StringComparison.Ordinal);
    });

    [Fact]
    public Task Responses_22_stream() => ServedAsync(async (gateway, _) =>
    {
        var stream = await gateway.StreamAsync(Call.Of("responses").Body);
        Assert.Equal(stream.Joined("response.output_text.delta"), stream.Final.OutputText());
    });

    [Fact]
    public Task Responses_23_tools() => ServedAsync(async (gateway, upstream) =>
    {
        var response = await gateway.CreateAsync(
            """{"model":"m","input":"Weather?","tools":[{"type":"function","name":"get_weather","description":"d","parameters":{"type":"object","properties":{"location":{"type":"string"}}}}]}""");
        Assert.Equal("get_weather", Text(Assert.Single(response.Items("function_call"))["name"]));
        Assert.Equal("get_weather", Text(upstream.Requests.Single().Json["tools"]![0]!["function"]!["name"]));
    });

    [Fact]
    public Task Responses_24_unknown_model() => UnknownModelAsync("responses");

    private static Task EmbeddingsAsync(string input, int count) => ServedAsync(async (gateway, _) =>
    {
        var answer = await gateway.PostJsonAsync("/v1/embeddings", $$"""{"model":"m","input":{{input}}}""");
        Assert.Equal(Enumerable.Range(0, count), answer["data"]!.AsArray().Select(d => (int)Number(d!["index"])));
        Assert.All(answer["data"]!.AsArray(), d => Assert.NotEmpty(d!["embedding"]!.AsArray()));
    });

    private static Task UnknownModelAsync(string name) => new BadBodyTests().An_unknown_model_is_404_model_not_found(name);

    private static Task RefusedAsync(string body, HttpStatusCode status, string code) => ServedAsync(async (gateway, _) =>
    {
        using var response = await gateway.PostAsync(Chat, body);
        Assert.Equal(code, (await ErrorBody.ReadAsync(response, status)).Code);
    });

    private static async Task ServedAsync(Func<TestGateway, ScriptedUpstream, Task> test)
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await TestGateway.StartAsync(upstream);
        await test(gateway, upstream);
    }

    private static string Text(JsonNode? node) => node!.GetValue<string>();

    private static double Number(JsonNode? node) => node!.GetValue<double>();
}
