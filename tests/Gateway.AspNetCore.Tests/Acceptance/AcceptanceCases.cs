using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.Compaction;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.AspNetCore.Tests.Responses;

namespace AiGateway.AspNetCore.Tests.Acceptance;

/// <summary>
/// What Open Responses' acceptance suite asks of a server (<c>spec/acceptance.md</c> §3), as far as it needs no WebSocket: each case whole
/// and streamed, whoever serves the model.
/// </summary>
public abstract class AcceptanceCases : IAsyncLifetime
{
    // A PNG of 1 by 1; what is in it does not matter.
    private const string Png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    private TestGateway _gateway = null!;

    protected virtual string Model => "m";

    public async Task InitializeAsync() => _gateway = await StartAsync();

    public virtual async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public Task Case_1_basic_response() => AnswersAsync(
        """[{"type":"message","role":"user","content":"Say hello in exactly 3 words."}]""");

    [Fact]
    public Task Case_2_assistant_phase() => AnswersAsync(
        """
        [
          {"type":"message","role":"assistant","phase":"commentary","content":"I should answer with the saved number."},
          {"type":"message","role":"assistant","phase":"final_answer","content":"The number is four."},
          {"type":"message","role":"user","content":"Repeat only the number."}
        ]
        """);

    [Fact]
    public async Task Case_4_streaming_response()
    {
        var stream = await _gateway.StreamAsync(Request("""[{"type":"message","role":"user","content":"Count from 1 to 5."}]"""));

        Assert.Equal("response.completed", stream.Types[^1]);
        Assert.Equal(
            [
                "response.created", "response.in_progress", "response.output_item.added", "response.content_part.added", "response.output_text.delta",
                "response.output_text.done", "response.content_part.done", "response.output_item.done", "response.completed",
            ],
            stream.Shape);
        Assert.NotEmpty(stream.Final.OutputText());
        Assert.Equal(stream.Joined("response.output_text.delta"), stream.Final.OutputText());
    }

    // Its first half; the second half, over HTTP: what was compacted is the beginning of a new conversation.
    [Fact]
    public async Task Case_11_compact_new_chain()
    {
        var compacted = await _gateway.CompactAsync(Request(
            """
            [
              {"type":"message","role":"user","content":[{"type":"input_text","text":"Remember the compaction code word: slate."}]},
              {"type":"message","role":"assistant","content":[{"type":"output_text","text":"OK."}]},
              {"type":"message","role":"user","content":[{"type":"input_text","text":"Compress this conversation for later continuation."}]}
            ]
            """));

        await AnswersAsync(compacted.Then("Continue from here. Reply with exactly: compacted"), "\"store\":false,\"tools\":[]");
    }

    [Fact]
    public async Task Case_16_compact_response()
    {
        var compacted = await _gateway.CompactAsync(Request(
            """
            [
              {"type":"message","role":"user","content":"My favourite colour is green."},
              {"type":"message","role":"assistant","content":"I will remember that your favourite colour is green."}
            ]
            """,
            "\"prompt_cache_key\":\"openresponses-compact-test\""));

        Assert.Single(compacted.Items("compaction"));
        Assert.True(compacted["usage"]!["output_tokens"]!.GetValue<int>() > 0);
    }

    [Fact]
    public async Task Case_17_compact_missing_model()
    {
        var error = await _gateway.CompactRefusedAsync("""{"input":[{"type":"message","role":"user","content":"Hello"}]}""");

        Assert.Equal(("missing_required_parameter", "model"), (error["code"]!.GetValue<string>(), error["param"]!.GetValue<string>()));
    }

    [Fact]
    public Task Case_12_system_prompt() => AnswersAsync(
        """
        [
          {"type":"message","role":"system","content":"You are a pirate. Always respond in pirate speak."},
          {"type":"message","role":"user","content":"Say hello."}
        ]
        """);

    [Fact]
    public async Task Case_13_tool_calling()
    {
        var request = Request(
            """[{"type":"message","role":"user","content":"What's the weather like in San Francisco?"}]""",
            """
            "tools":[{"type":"function","name":"get_weather","description":"Get the current weather for a location",
              "parameters":{"type":"object","properties":{"location":{"type":"string","description":"City and state"}},"required":["location"]}}]
            """);

        foreach (var response in await BothAsync(request))
        {
            Assert.Equal("completed", response.Status());
            var call = Assert.Single(response.Items("function_call"));
            Assert.Equal("get_weather", call["name"]!.GetValue<string>());
            Assert.Equal("completed", call["status"]!.GetValue<string>());
            Assert.True(JsonNode.Parse(call["arguments"]!.GetValue<string>())!.AsObject().ContainsKey("location"));
            var tool = Assert.Single(response["tools"]!.AsArray())!;
            Assert.Equal("get_weather", tool["name"]!.GetValue<string>());
            Assert.Equal("string", tool["parameters"]!["properties"]!["location"]!["type"]!.GetValue<string>());
        }
    }

    [Fact]
    public Task Case_14_image_input() => AnswersAsync(
        $$"""
        [{"type":"message","role":"user","content":[
          {"type":"input_text","text":"What do you see in this image? Answer in one sentence."},
          {"type":"input_image","image_url":"data:image/png;base64,{{Png}}"}]}]
        """);

    [Fact]
    public Task Case_15_multi_turn() => AnswersAsync(
        """
        [
          {"type":"message","role":"user","content":"My name is Alice."},
          {"type":"message","role":"assistant","content":"Hello Alice! Nice to meet you. How can I help you today?"},
          {"type":"message","role":"user","content":"What is my name?"}
        ]
        """);

    private protected abstract Task<TestGateway> StartAsync();

    private async Task AnswersAsync(string input, string? more = null)
    {
        foreach (var response in await BothAsync(Request(input, more)))
        {
            Assert.Equal("completed", response.Status());
            Assert.Equal(Model, response["model"]!.GetValue<string>());
            Assert.NotEmpty(response.OutputText());
            Assert.True(response["usage"]!["output_tokens"]!.GetValue<int>() > 0);
        }
    }

    private async Task<JsonObject[]> BothAsync(string request) =>
        [await _gateway.CreateAsync(request), (await _gateway.StreamAsync(request)).Final];

    private string Request(string input, string? more = null) => $$"""{"model":"{{Model}}","input":{{input}}{{(more is null ? "" : "," + more)}}}""";
}
