using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Routing;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.ChatCompletions;

/// <summary>What the provider says is what the client hears, byte for byte but for the model's name.</summary>
public sealed class ChatAnswerTests
{
    private const string Ask = """{"model":"mine","messages":[{"role":"user","content":"Hi"}]}""";

    [Theory]
    [InlineData("""{"id":"x","model":"theirs","choices":[],"new_field":{"deep":[1.50,1E3,null]},"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,"cost":0.1}}""")]
    [InlineData("{ \"usage\" : {\"prompt_tokens\":1} ,\n \"choices\":[{\"message\":{\"model\":\"theirs\",\"content\":\"\\\"model\\\":\\\"theirs\\\" \\u00e9 😀\",\"tool_calls\":[{\"id\":\"c\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"model\\\":\\\"theirs\\\"}\"}}]},\"logprobs\":{\"content\":[]}}],  \"model\"  :  \"theirs\"}")]
    [InlineData("""{"model":null,"choices":[]}""")]
    [InlineData("""{"choices":[],"system_fingerprint":"fp","service_tier":"flex","error":null}""")]
    public async Task An_answer_reaches_the_client_byte_for_byte(string answer)
    {
        var body = await BodyAsync(Script.Json(answer));

        var name = answer.LastIndexOf("\"theirs\"", StringComparison.Ordinal);
        var own = answer.Contains("\"id\":\"x\"", StringComparison.Ordinal) || name < 0 ? answer.Replace("\"theirs\"", "\"mine\"", StringComparison.Ordinal) : answer[..name] + "\"mine\"" + answer[(name + 8)..];
        Assert.Equal(own, body);
    }

    [Fact]
    public async Task Several_choices_tool_calls_and_logprobs_come_through()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        upstream.Enqueue(Chat.Reply(new ChatTurn
        {
            Text = "Hi",
            Refusal = "no",
            Reasoning = "hm",
            Logprobs = true,
            ToolCalls = [new ToolCall("c1", "f", "{}"), new ToolCall("c2", "g", "{}")],
        }));
        await using var gateway = await TestGateway.StartAsync(upstream);

        var answer = await gateway.PostJsonAsync("/v1/chat/completions", """{"model":"m","messages":[],"n":3}""");

        Assert.Equal(3, answer["choices"]!.AsArray().Count);
        foreach (var choice in answer["choices"]!.AsArray())
        {
            Assert.Equal(2, choice!["message"]!["tool_calls"]!.AsArray().Count);
            Assert.Equal("hm", choice["message"]!["reasoning_content"]!.GetValue<string>());
            Assert.NotNull(choice["logprobs"]!["content"]![0]!["logprob"]);
        }

        Assert.Equal("fp_upstream", answer["system_fingerprint"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_name_with_characters_of_its_own_is_echoed_as_it_was_asked()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await TestGateway.StartAsync(
            upstream, options: o => o with { Models = [new ModelOptions { Name = "a/b:c \"ü\"", Provider = "up", RewriteTo = "theirs" }] });

        var answer = await gateway.PostJsonAsync("/v1/chat/completions", """{"model":"a/b:c \"\u00fc\"","messages":[]}""");

        Assert.Equal("a/b:c \"ü\"", answer["model"]!.GetValue<string>());
    }

    private static async Task<string> BodyAsync(Script script)
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        upstream.Always(script);
        await using var gateway = await TestGateway.StartAsync(
            upstream, options: o => o with { Models = [new ModelOptions { Name = "mine", Provider = "up", RewriteTo = "theirs" }] });
        using var response = await gateway.PostAsync("/v1/chat/completions", Ask);
        return await response.Content.ReadAsStringAsync();
    }
}
