using System.Text.Json.Nodes;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.Responses;

public sealed class RefusalTests
{
    [Fact]
    public async Task A_refusal_is_a_part_of_its_own_kind()
    {
        await using var served = await Served.ByChatAsync(Chat.Refusal("I cannot help with that."));

        var stream = await served.Gateway.StreamAsync(Served.Hello);

        Assert.Equal("I cannot help with that.", stream.Joined("response.refusal.delta"));
        Assert.Empty(stream.Of("response.output_text.delta"));
        foreach (var response in (JsonObject[])[await served.Gateway.CreateAsync(Served.Hello), stream.Final])
        {
            var part = Assert.Single(Assert.Single(response.Items("message"))["content"]!.AsArray())!;
            Assert.Equal("refusal", part["type"]!.GetValue<string>());
            Assert.Equal("I cannot help with that.", part["refusal"]!.GetValue<string>());
            Assert.Equal("completed", response.Status());
        }
    }

    [Fact]
    public async Task Text_and_then_a_refusal_are_two_parts_of_one_message()
    {
        await using var served = await Served.ByChatAsync(Chat.Reply(new ChatTurn { Text = "Well,", Refusal = "no." }));

        foreach (var response in (JsonObject[])[await served.Gateway.CreateAsync(Served.Hello), (await served.Gateway.StreamAsync(Served.Hello)).Final])
        {
            var parts = Assert.Single(response.Items("message"))["content"]!.AsArray();
            Assert.Equal(["output_text", "refusal"], parts.Select(part => part!["type"]!.GetValue<string>()));
        }
    }
}
