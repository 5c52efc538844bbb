using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.Hooks;
using AiGateway.AspNetCore.Tests.Responses;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.WebSockets;

public sealed class WarmUpTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_asks_no_model_and_can_be_continued(bool store)
    {
        var recorder = new Recorder();
        await using var served = await Served.ByChatAsync(hooks: recorder);
        using var socket = await TurnSocket.ConnectAsync(served.Gateway);

        var turn = await socket.TurnAsync($$"""{"model":"m","generate":false,"store":{{(store ? "true" : "false")}},"input":"One"}""");

        Assert.Equal(["response.created", "response.in_progress", "response.completed"], turn.Types);
        Assert.Empty(turn.Final["output"]!.AsArray());
        Assert.Equal(0, turn.Final["usage"]!["total_tokens"]!.GetValue<int>());
        Assert.Empty(served.Upstream.Requests);

        var next = await socket.TurnAsync($$"""{"model":"m","store":false,"previous_response_id":"{{turn.Final.Id()}}","input":"Two"}""");
        Assert.Equal("completed", next.Final.Status());

        // The answer is told to its hooks when its client has it, but before the next turn.
        Assert.Equal(["authentication", "authentication", "request", "stream", "response"], recorder.Ran.Take(5));
        Assert.Equal(["One", "Two"], Assert.Single(served.Upstream.Requests).Json["messages"]!.AsArray().Select(m => m!["content"]!.ToString()));
    }

    [Fact]
    public async Task A_stored_one_can_be_retrieved_and_continued_elsewhere()
    {
        await using var served = await Served.ByChatAsync();
        using var socket = await TurnSocket.ConnectAsync(served.Gateway);
        var turn = await socket.TurnAsync("""{"model":"m","generate":false,"input":"One"}""");

        var kept = JsonNode.Parse(await served.Gateway.Client.GetStringAsync($"/v1/responses/{turn.Final.Id()}"))!;
        await served.Gateway.CreateAsync($$"""{"model":"m","previous_response_id":"{{turn.Final.Id()}}","input":"Two"}""");

        Assert.True(JsonNode.DeepEquals(turn.Final, kept));
        Assert.Equal(2, Assert.Single(served.Upstream.Requests).Json["messages"]!.AsArray().Count);
    }

    [Fact]
    public async Task It_fails_where_its_turn_would()
    {
        await using var served = await Served.ByChatAsync(options: o => o with { Models = [o.Models[0] with { Name = "m" }] });
        using var socket = await TurnSocket.ConnectAsync(served.Gateway);

        Assert.Equal("model_not_found", (await socket.RefusedAsync("""{"model":"x","generate":false,"input":"One"}"""))["error"]!["code"]!.GetValue<string>());
        Assert.Equal("invalid_type", (await socket.RefusedAsync("""{"model":"m","generate":false,"input":1}"""))["error"]!["code"]!.GetValue<string>());
    }

    [Fact]
    public async Task Where_it_is_not_false_a_model_is_asked()
    {
        await using var served = await Served.ByChatAsync(Chat.Text("Hello"));
        using var socket = await TurnSocket.ConnectAsync(served.Gateway);

        foreach (var value in (string[])["true", "null"])
            Assert.Equal("Hello", (await socket.TurnAsync($$"""{"model":"m","input":"One","generate":{{value}}}""")).Final.OutputText());
    }
}
