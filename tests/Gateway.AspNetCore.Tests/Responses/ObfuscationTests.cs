using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.Responses;

public sealed class ObfuscationTests
{
    private static readonly Script Answer = Chat.Reply(new ChatTurn
    {
        Reasoning = "Think about it.",
        Text = "Hi there",
        Chunks = ["Hi", " there"],
        ToolCalls = [new ToolCall("call_1", "f", """{"a":"bcdefgh"}""")],
    });

    [Theory]
    [InlineData("")]
    [InlineData(""","stream_options":{"include_obfuscation":true}""")]
    [InlineData(""","stream_options":{}""")]
    public async Task Deltas_are_padded_to_a_multiple_of_16(string options)
    {
        await using var served = await Served.ByChatAsync(Answer);

        var stream = await served.Gateway.StreamAsync($$"""{"model":"m","input":"Hello","stream":true{{options}}}""");

        foreach (var type in (string[])["response.reasoning.delta", "response.output_text.delta", "response.function_call_arguments.delta"])
        {
            Assert.NotEmpty(stream.Of(type));
            Assert.All(stream.Of(type), delta =>
            {
                var padding = delta["obfuscation"]!.GetValue<string>().Length;
                Assert.InRange(padding, 1, 16);
                Assert.Equal(0, (delta["delta"]!.GetValue<string>().Length + padding) % 16);
            });
        }
    }

    [Fact]
    public async Task Deltas_are_bare_where_the_client_says_so()
    {
        await using var served = await Served.ByChatAsync(Answer);

        var stream = await served.Gateway.StreamAsync("""{"model":"m","input":"Hello","stream":true,"stream_options":{"include_obfuscation":false}}""");

        Assert.All(stream.Events, streamed => Assert.False(streamed.ContainsKey("obfuscation")));
    }
}
