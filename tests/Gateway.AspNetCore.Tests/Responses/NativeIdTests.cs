using System.Text.Json.Nodes;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.Responses;

/// <summary>Ids of a relayed response: ours, made once, the same wherever they stand.</summary>
public sealed class NativeIdTests
{
    private static readonly Script Everything = NativeResponses.Reply(
        new NativeReasoning { Summary = "I count.", Content = "One and one.", ContentEvent = "response.reasoning" },
        new NativeMessage("Two, I say."),
        new NativeFunctionCall(new ToolCall("call_a", "f", """{"x":1}""")),
        new NativeFunctionCall(new ToolCall("call_b", "f", """{"x":2}""")));

    [Fact]
    public async Task No_id_of_the_providers_reaches_the_client()
    {
        await using var served = await Served.NativelyAsync(Everything);

        var stream = await served.Gateway.StreamAsync(Served.Hello);
        var body = await served.Gateway.CreateAsync(Served.Hello);

        Assert.All(stream.Events.Append(body), seen => Assert.DoesNotContain("_upstream_", seen.ToJsonString(), StringComparison.Ordinal));
        Assert.Equal(["reasoning", "message", "function_call", "function_call"], stream.Final["output"]!.AsArray().Select(item => item!["type"]!.GetValue<string>()));
        Assert.Equal(["call_a", "call_b"], body.Items("function_call").Select(call => call["call_id"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Item_ids_that_come_back_are_not_sent_on()
    {
        await using var served = await Served.NativelyAsync(NativeResponses.Text("Done"));

        await served.Gateway.CreateAsync(
            """
            {"model":"m","input":[
              {"type":"message","id":"msg_1","role":"user","content":"Go"},
              {"type":"function_call","id":"fc_1","call_id":"call_a","name":"f","arguments":"{}","status":"completed"},
              {"type":"function_call_output","id":"fc_2","call_id":"call_a","output":"42"}]}
            """);

        var input = served.Upstream.Requests[0].Json["input"]!.AsArray();
        Assert.Equal(3, input.Count);
        Assert.All(input, item => Assert.False(item!.AsObject().ContainsKey("id")));
        Assert.Equal("call_a", input[1]!["call_id"]!.GetValue<string>());
    }

    [Fact]
    public async Task Encrypted_reasoning_goes_there_and_back()
    {
        const string Include = "\"store\":false,\"include\":[\"reasoning.encrypted_content\"]";
        await using var served = await Served.NativelyAsync(NativeResponses.Reasoning("Two.", summary: "I count.", encrypted: "gAAAA-sealed"));

        var first = await served.Gateway.CreateAsync($$"""{"model":"m","input":"Hello",{{Include}}}""");
        var replay = new JsonArray([.. first["output"]!.AsArray().Select(item => item!.DeepClone())]);
        replay.Add(JsonNode.Parse("""{"role":"user","content":"And?"}"""));
        await served.Gateway.CreateAsync($$"""{"model":"m","input":{{replay.ToJsonString()}},{{Include}}}""");

        Assert.StartsWith("aigw1.", Assert.Single(first.Items("reasoning"))["encrypted_content"]!.GetValue<string>(), StringComparison.Ordinal);
        var sent = served.Upstream.Requests[1].Json;
        Assert.Equal("reasoning.encrypted_content", sent["include"]![0]!.GetValue<string>());
        var reasoning = sent["input"]![0]!.AsObject();
        Assert.Equal("gAAAA-sealed", reasoning["encrypted_content"]!.GetValue<string>());
        Assert.Equal("I count.", reasoning["summary"]![0]!["text"]!.GetValue<string>());
        Assert.False(reasoning.ContainsKey("id"));
    }

    [Theory]
    [InlineData("")]
    [InlineData(",\"store\":true")]
    [InlineData(",\"store\":false")]
    public async Task The_provider_is_asked_to_keep_nothing(string store)
    {
        await using var served = await Served.NativelyAsync(NativeResponses.Text("Hi"));

        var response = await served.Gateway.CreateAsync($$"""{"model":"m","input":"Hello"{{store}}}""");

        Assert.Equal(!store.Contains("false", StringComparison.Ordinal), response["store"]!.GetValue<bool>());
        Assert.False(served.Upstream.Requests[0].Json["store"]!.GetValue<bool>());
        Assert.Equal("Hello", served.Upstream.Requests[0].Json["input"]!.GetValue<string>());
    }
}
