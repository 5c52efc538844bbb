using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests;

public sealed class SmokeTests
{
    [Fact]
    public async Task Chat_and_responses_answer_through_a_provider()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await TestGateway.StartAsync(upstream);

        var chat = await gateway.PostJsonAsync("/v1/chat/completions", """{"model":"m","messages":[{"role":"user","content":"Hi"}]}""");
        var response = await gateway.PostJsonAsync("/v1/responses", """{"model":"m","input":"Hi"}""");
        var events = (await gateway.PostStreamAsync("/v1/responses", """{"model":"m","input":"Hi","stream":true}""")).JsonBeforeDone();

        Assert.Equal("m", chat["model"]!.GetValue<string>());
        Assert.Equal("completed", response["status"]!.GetValue<string>());
        Assert.Equal("response.completed", events[^1]["type"]!.GetValue<string>());
    }
}
