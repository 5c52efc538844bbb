using System.Text.Json.Nodes;
using AiGateway.Configuration;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.Responses;

public sealed class ReasoningTests
{
    private const string Thought = "First I count. Then I answer.";

    [Theory]
    [InlineData("reasoning_content", GatewayOptions.OpenResponsesNames, "response.reasoning")]
    [InlineData("reasoning", GatewayOptions.OpenResponsesNames, "response.reasoning")]
    [InlineData("reasoning_content", GatewayOptions.OpenAiNames, "response.reasoning_text")]
    [InlineData("reasoning", GatewayOptions.OpenAiNames, "response.reasoning_text")]
    public async Task Reasoning_is_an_item_before_the_message(string field, string setting, string eventName)
    {
        await using var served = await Served.ByChatAsync(Chat.Reasoning(Thought, "Five.", field), options => options with { ReasoningEvents = setting });

        var stream = await served.Gateway.StreamAsync(Served.Hello, isStandard: setting == GatewayOptions.OpenResponsesNames);

        Assert.Equal(
            [
                "response.created", "response.in_progress",
                "response.output_item.added", "response.content_part.added", eventName + ".delta", eventName + ".done", "response.content_part.done",
                "response.output_item.done",
                "response.output_item.added", "response.content_part.added", "response.output_text.delta", "response.output_text.done",
                "response.content_part.done", "response.output_item.done",
                "response.completed",
            ],
            stream.Shape);
        Assert.Equal(Thought, stream.Joined(eventName + ".delta"));
        foreach (var response in (JsonObject[])[await served.Gateway.CreateAsync(Served.Hello), stream.Final])
        {
            Assert.Equal(["reasoning", "message"], response["output"]!.AsArray().Select(item => item!["type"]!.GetValue<string>()));
            var reasoning = response["output"]![0]!;
            Assert.Empty(reasoning["summary"]!.AsArray());
            Assert.Equal(Thought, Assert.Single(reasoning["content"]!.AsArray())!["text"]!.GetValue<string>());
            Assert.Equal("Five.", response.OutputText());
            Assert.Equal(4, response["usage"]!["output_tokens_details"]!["reasoning_tokens"]!.GetValue<int>());
        }
    }

    [Theory]
    [InlineData("User-Agent", "OpenAI/Python 2.0.0", "response.reasoning_text.delta")]
    [InlineData("X-Stainless-Lang", "js", "response.reasoning_text.delta")]
    [InlineData("User-Agent", "curl/8.0", "response.reasoning.delta")]
    public async Task By_default_the_names_are_those_that_the_caller_knows(string header, string value, string expected)
    {
        await using var served = await Served.ByChatAsync(Chat.Reasoning(Thought, "Five."));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/responses")
        {
            Content = new StringContent("""{"model":"m","input":"Hi","stream":true}""", System.Text.Encoding.UTF8, "application/json"),
        };
        request.Headers.TryAddWithoutValidation(header, value);

        using var response = await served.Gateway.Client.SendAsync(request);

        Assert.Contains($"event: {expected}\n", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reasoning_before_a_tool_call_is_closed_before_it()
    {
        await using var served = await Served.ByChatAsync(Chat.Reply(new ChatTurn { Reasoning = Thought, ToolCalls = [new ToolCall("call_1", "f", "{}")] }));

        var stream = await served.Gateway.StreamAsync(Served.Hello);

        Assert.Equal(["reasoning", "function_call"], stream.Final["output"]!.AsArray().Select(item => item!["type"]!.GetValue<string>()));
    }
}
