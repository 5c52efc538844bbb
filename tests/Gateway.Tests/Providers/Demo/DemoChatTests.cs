using System.Text.Json.Nodes;
using AiGateway.Protocol;
using Xunit;
using static AiGateway.Tests.Providers.Demo.DemoCalls;

namespace AiGateway.Tests.Providers.Demo;

public sealed class DemoChatTests
{
    private const string Weather = """
        "tools":[{"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"},"unit":{"type":"string","enum":["c","f"]},"days":{"type":"integer","minimum":3}},"required":["city","unit"]}}},
                 {"type":"function","function":{"name":"get_time","parameters":{"type":"object","properties":{}}}}]
        """;

    [Fact]
    public async Task Answers_in_the_apis_shape_and_always_the_same()
    {
        var body = await JsonAsync(ApiKind.Chat, Chat("Hello there"));

        Assert.Equal(["id", "object", "created", "model", "service_tier", "system_fingerprint", "choices", "usage"], body.AsObject().Select(p => p.Key));
        Assert.StartsWith("chatcmpl-", body["id"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("chat.completion", body["object"]!.GetValue<string>());
        Assert.Equal("demo", body["model"]!.GetValue<string>());
        var choice = body["choices"]![0]!;
        Assert.Equal("You said: Hello there", choice["message"]!["content"]!.GetValue<string>());
        Assert.Equal("stop", choice["finish_reason"]!.GetValue<string>());
        Assert.Null(choice["logprobs"]);
        Assert.Null(choice["message"]!["refusal"]);
        Assert.Equal("""{"prompt_tokens":6,"completion_tokens":5,"total_tokens":11,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}""", body["usage"]!.ToJsonString());

        var again = await JsonAsync(ApiKind.Chat, Chat("Hello there"));
        Assert.Equal(body["id"]!.GetValue<string>(), again["id"]!.GetValue<string>());
    }

    [Fact]
    public async Task Streams_the_same_answer_in_chunks()
    {
        var events = await EventsAsync(ApiKind.Chat, Chat("Hi 😀!", "\"stream\":true,\"stream_options\":{\"include_usage\":true}"));

        Assert.All(events, e => Assert.Equal("message", e.Type));
        Assert.Null(events[^1].Data);
        var chunks = events[..^1].ConvertAll(e => e.Data!);
        Assert.Single(chunks.Select(c => c["id"]!.GetValue<string>()).Distinct());
        Assert.Equal("""{"role":"assistant","content":"","refusal":null}""", chunks[0]["choices"]![0]!["delta"]!.ToJsonString());
        Assert.Equal("You said: Hi 😀!", Joined(chunks, "content"));
        Assert.Equal("{}", chunks[^2]["choices"]![0]!["delta"]!.ToJsonString());
        Assert.Equal("stop", chunks[^2]["choices"]![0]!["finish_reason"]!.GetValue<string>());
        Assert.All(chunks[..^1], c => Assert.True(c.AsObject().ContainsKey("usage") && c["usage"] is null));
        Assert.Empty(chunks[^1]["choices"]!.AsArray());
        Assert.Equal(chunks.Count - 3, chunks[^1]["usage"]!["completion_tokens"]!.GetValue<int>());
    }

    [Fact]
    public async Task Streams_no_usage_unasked()
    {
        var events = await EventsAsync(ApiKind.Chat, Chat("Hi", "\"stream\":true"));

        Assert.All(events[..^1], e => Assert.False(e.Data!.AsObject().ContainsKey("usage")));
    }

    [Theory]
    [InlineData("Weather in Paris?", "", "get_weather")]
    [InlineData("Weather in Paris?", ",\"tool_choice\":\"required\"", "get_weather")]
    [InlineData("Weather in Paris?", ",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"get_time\"}}", "get_time")]
    [InlineData("Weather in Paris?", ",\"tool_choice\":{\"type\":\"allowed_tools\",\"allowed_tools\":{\"mode\":\"auto\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"get_time\"}}]}}", "get_time")]
    [InlineData("call get_time", "", "get_time")]
    [InlineData("call get_weather and get_time", "", "get_weather,get_time")]
    [InlineData("call get_weather and get_time", ",\"parallel_tool_calls\":false", "get_weather")]
    [InlineData("Weather in Paris?", ",\"tool_choice\":\"none\"", "")]
    public async Task Calls_tools(string said, string more, string expected)
    {
        var choice = (await JsonAsync(ApiKind.Chat, Chat(said, Weather + more)))["choices"]![0]!;

        var calls = choice["message"]!["tool_calls"]?.AsArray() ?? [];
        Assert.Equal(expected, string.Join(',', calls.Select(c => c!["function"]!["name"]!.GetValue<string>())));
        Assert.Equal(expected.Length > 0 ? "tool_calls" : "stop", choice["finish_reason"]!.GetValue<string>());
        Assert.Equal(expected.Length == 0, choice["message"]!["content"] is not null);
        Assert.Equal(calls.Count, calls.Select(c => c!["id"]!.GetValue<string>()).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task Gives_tools_arguments_of_their_schema()
    {
        var call = (await JsonAsync(ApiKind.Chat, Chat("Weather in Paris?", Weather)))["choices"]![0]!["message"]!["tool_calls"]![0]!;

        Assert.Equal("""{"city":"Paris","unit":"c"}""", call["function"]!["arguments"]!.GetValue<string>());
    }

    [Fact]
    public async Task Streams_tool_calls_in_fragments()
    {
        var events = await EventsAsync(ApiKind.Chat, Chat("call get_weather and get_time", Weather + ",\"stream\":true"));

        var deltas = events[..^1].ConvertAll(e => e.Data!["choices"]![0]!["delta"]!);
        Assert.Equal("""{"role":"assistant","content":null,"refusal":null}""", deltas[0].ToJsonString());
        var fragments = deltas.Where(d => d["tool_calls"] is not null).Select(d => d["tool_calls"]![0]!).ToList();
        var firsts = fragments.Where(f => f["id"] is not null).ToList();
        Assert.Equal([0, 1], firsts.Select(f => f["index"]!.GetValue<int>()));
        Assert.Equal(["get_weather", "get_time"], firsts.Select(f => f["function"]!["name"]!.GetValue<string>()));
        Assert.All(firsts, f => Assert.Equal("", f["function"]!["arguments"]!.GetValue<string>()));
        var arguments = string.Concat(fragments.Where(f => f["index"]!.GetValue<int>() == 0).Select(f => f["function"]!["arguments"]!.GetValue<string>()));
        Assert.Equal("c", JsonNode.Parse(arguments)!["unit"]!.GetValue<string>());
        Assert.Equal("tool_calls", events[^2].Data!["choices"]![0]!["finish_reason"]!.GetValue<string>());
    }

    [Fact]
    public async Task Answers_with_a_tools_result()
    {
        var body = await JsonAsync(ApiKind.Chat, $$$"""
            {"model":"demo",{{{Weather}}},"messages":[
              {"role":"user","content":"Weather?"},
              {"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"get_weather","arguments":"{}"}}]},
              {"role":"tool","tool_call_id":"call_1","content":[{"type":"text","text":"22 degrees"}]}]}
            """);

        Assert.Equal("get_weather returned: 22 degrees", body["choices"]![0]!["message"]!["content"]!.GetValue<string>());
    }

    [Fact]
    public async Task Calls_again_after_the_next_question()
    {
        var body = await JsonAsync(ApiKind.Chat, $$$"""
            {"model":"demo",{{{Weather}}},"messages":[
              {"role":"user","content":"Weather?"},{"role":"assistant","content":"x"},
              {"role":"tool","tool_call_id":"call_1","content":"22"},{"role":"user","content":"And now?"}]}
            """);

        Assert.Equal("tool_calls", body["choices"]![0]!["finish_reason"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("max_completion_tokens", 3, "You said:", "length", 3)]
    [InlineData("max_tokens", 1, "You", "length", 1)]
    [InlineData("max_tokens", 100, "You said: one two", "stop", 5)]
    public async Task Cuts_to_the_limit(string field, int limit, string text, string finish, int tokens)
    {
        var body = await JsonAsync(ApiKind.Chat, Chat("one two", $"\"{field}\":{limit}"));

        Assert.Equal(text, body["choices"]![0]!["message"]!["content"]!.GetValue<string>());
        Assert.Equal(finish, body["choices"]![0]!["finish_reason"]!.GetValue<string>());
        Assert.Equal(tokens, body["usage"]!["completion_tokens"]!.GetValue<int>());
    }

    [Fact]
    public async Task Stops_counts_out_choices_and_gives_logprobs()
    {
        var stopped = await JsonAsync(ApiKind.Chat, Chat("one STOP two", "\"stop\":[\"STOP\"]"));
        Assert.Equal("You said: one ", stopped["choices"]![0]!["message"]!["content"]!.GetValue<string>());

        var many = await JsonAsync(ApiKind.Chat, Chat("x", "\"n\":3,\"logprobs\":true,\"top_logprobs\":2"));
        Assert.Equal([0, 1, 2], many["choices"]!.AsArray().Select(c => c!["index"]!.GetValue<int>()));
        var logprobs = many["choices"]![0]!["logprobs"]!["content"]!.AsArray();
        Assert.Equal("You said: x", string.Concat(logprobs.Select(l => l!["token"]!.GetValue<string>())));
        Assert.All(logprobs, l => Assert.Equal(2, l!["top_logprobs"]!.AsArray().Count));
        Assert.Equal("[89,111,117]", logprobs[0]!["bytes"]!.ToJsonString());
    }

    [Fact]
    public async Task Reasons_first_when_asked()
    {
        var body = await JsonAsync(ApiKind.Chat, Chat("why", "\"reasoning_effort\":\"low\""));
        var events = await EventsAsync(ApiKind.Chat, Chat("why", "\"reasoning_effort\":\"low\",\"stream\":true"));

        var reasoning = body["choices"]![0]!["message"]!["reasoning_content"]!.GetValue<string>();
        Assert.Contains("why", reasoning, StringComparison.Ordinal);
        Assert.True(body["usage"]!["completion_tokens_details"]!["reasoning_tokens"]!.GetValue<int>() > 3);
        var chunks = events[..^1].ConvertAll(e => e.Data!);
        Assert.Equal(reasoning, Joined(chunks, "reasoning_content"));
        Assert.True(chunks.FindLastIndex(c => c["choices"]![0]!["delta"]!["reasoning_content"] is not null)
            < chunks.FindIndex(1, c => c["choices"]![0]!["delta"]!["content"] is not null));
        Assert.Null((await JsonAsync(ApiKind.Chat, Chat("why", "\"reasoning_effort\":\"none\"")))["choices"]![0]!["message"]!["reasoning_content"]);
    }

    [Theory]
    [InlineData("{", null, "invalid_json")]
    [InlineData("[]", null, "invalid_json")]
    [InlineData("""{"messages":[]}""", "model", "missing_required_parameter")]
    [InlineData("""{"model":"m"}""", "messages", "missing_required_parameter")]
    [InlineData("""{"model":"m","messages":[]}""", "messages", "empty_array")]
    [InlineData("""{"model":"m","messages":"hi"}""", "messages", "invalid_type")]
    [InlineData("""{"model":"m","messages":[{"content":"x"}]}""", "messages[0].role", "missing_required_parameter")]
    [InlineData("""{"model":"m","messages":[{"role":"robot","content":"x"}]}""", "messages[0].role", "invalid_value")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":7}]}""", "messages[0].content", "invalid_type")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"}],"temperature":3}""", "temperature", "invalid_value")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"}],"max_tokens":0}""", "max_tokens", "integer_below_min_value")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"}],"n":"1"}""", "n", "invalid_type")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function"}]}""", "tools[0].function", "missing_required_parameter")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"}],"tool_choice":"required"}""", "tool_choice", "invalid_value")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"}],"response_format":{"type":"xml"}}""", "response_format.type", "invalid_value")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"}],"top_logprobs":2}""", "top_logprobs", "invalid_value")]
    public async Task Refuses_bad_input(string body, string? param, string code)
    {
        var error = (await JsonAsync(ApiKind.Chat, body, 400))["error"]!;

        Assert.Equal("invalid_request_error", error["type"]!.GetValue<string>());
        Assert.Equal(param, error["param"]?.GetValue<string>());
        Assert.Equal(code, error["code"]?.GetValue<string>());
    }

    [Fact]
    public async Task A_stream_ends_with_its_caller()
    {
        using var source = new CancellationTokenSource();
        var call = new AiGateway.Providers.ProviderCall { Api = ApiKind.Chat, Stream = true, Body = System.Text.Encoding.UTF8.GetBytes(Chat("x", "\"stream\":true")) };
        await using var answer = await Provider.SendAsync(call, source.Token);
        Assert.True(await answer.Body.ReadAsync(new byte[4096]) > 0);

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer.Body.ReadAsync(new byte[4096]).AsTask());
    }

    private static string Joined(IEnumerable<JsonNode> chunks, string field) =>
        string.Concat(chunks.Where(c => c["choices"]!.AsArray().Count > 0).Select(c => c["choices"]![0]!["delta"]![field]?.GetValue<string>()));
}
