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

    [Fact]
    public async Task Reasoning_before_a_tool_call_is_closed_before_it()
    {
        await using var served = await Served.ByChatAsync(Chat.Reply(new ChatTurn { Reasoning = Thought, ToolCalls = [new ToolCall("call_1", "f", "{}")] }));

        var stream = await served.Gateway.StreamAsync(Served.Hello);

        Assert.Equal(["reasoning", "function_call"], stream.Final["output"]!.AsArray().Select(item => item!["type"]!.GetValue<string>()));
    }
}
