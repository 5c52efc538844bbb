using System.Net;
using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.AspNetCore.Tests.Hooks;
using AiGateway.AspNetCore.Tests.Responses;
using AiGateway.Hooks;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.WebSockets;

/// <summary>What a connection remembers of its responses, and for how long.</summary>
public sealed class ConnectionMemoryTests
{
    [Fact]
    public async Task A_chain_of_responses_that_nobody_stores_is_whole_on_its_socket()
    {
        await using var served = await Served.ByChatAsync();
        served.Upstream.Enqueue(Chat.Text("Un"), Chat.Text("Deux"), Chat.Text("Trois"));
        using var socket = await TurnSocket.ConnectAsync(served.Gateway);

        var first = await socket.TurnAsync(Request("One", store: false));
        var second = await socket.TurnAsync(Request("Two", store: false, first.Final.Id()));
        await socket.TurnAsync(Request("Three", store: false, second.Final.Id()));

        Assert.Equal(["One", "Un", "Two", "Deux", "Three"], Messages(served, 2));
    }

    [Fact]
    public async Task A_native_provider_gets_it_as_input()
    {
        await using var served = await Served.NativelyAsync();
        served.Upstream.Enqueue(NativeResponses.ToolCalls(new ToolCall("call_1", "f", "{}")), NativeResponses.Text("Done"));
        using var socket = await TurnSocket.ConnectAsync(served.Gateway);

        var first = await socket.TurnAsync(Request("One", store: false));
        await socket.TurnAsync(
            $$"""{"model":"m","store":false,"previous_response_id":"{{first.Final.Id()}}","input":[{"type":"function_call_output","call_id":"call_1","output":"x"}]}""");

        Assert.Equal(
            ["message", "function_call", "function_call_output"],
            served.Upstream.Requests[1].Json["input"]!.AsArray().Select(item => item!["type"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Items_of_it_can_be_referred_to()
    {
        await using var served = await Served.ByChatAsync();
        served.Upstream.Enqueue(Chat.Text("Un"), Chat.Text("Deux"));
        using var socket = await TurnSocket.ConnectAsync(served.Gateway);
        var first = await socket.TurnAsync(Request("One", store: false));
        var item = Assert.Single(first.Final.Items("message")).Id();

        await socket.TurnAsync(
            $$"""{"model":"m","store":false,"previous_response_id":"{{first.Final.Id()}}","input":[{"type":"item_reference","id":"{{item}}"},{"role":"user","content":"Two"}]}""");

        Assert.Equal(["One", "Un", "Un", "Two"], Messages(served, 1));
    }

    [Fact]
    public async Task Only_the_most_recent_is_remembered()
    {
        await using var served = await Served.ByChatAsync();
        using var socket = await TurnSocket.ConnectAsync(served.Gateway);
        var first = await socket.TurnAsync(Request("One", store: false));
        await socket.TurnAsync(Request("Two", store: false));

        await AssertNotFoundAsync(socket, first.Final.Id());
    }

    [Fact]
    public async Task Nobody_else_sees_it()
    {
        await using var served = await Served.ByChatAsync();
        using var socket = await TurnSocket.ConnectAsync(served.Gateway);
        using var other = await TurnSocket.ConnectAsync(served.Gateway);
        var first = await socket.TurnAsync(Request("One", store: false));

        await AssertNotFoundAsync(other, first.Final.Id());
        await served.Gateway.RefusedAsync(Request("Two", store: false, first.Final.Id()));
        using var retrieved = await served.Gateway.Client.GetAsync($"/v1/responses/{first.Final.Id()}");
        Assert.Equal(HttpStatusCode.NotFound, retrieved.StatusCode);

        // And it is as good as before.
        await socket.TurnAsync(Request("Two", store: false, first.Final.Id()));
    }

    [Theory]
    [InlineData("""{"model":"m","store":false,"previous_response_id":"ID","input":"Two","temperature":"hot"}""")]
    [InlineData("""{"model":"m","store":false,"previous_response_id":"ID","input":"Two","stream":true}""")]
    [InlineData("""{"model":"m","store":true,"previous_response_id":"ID","input":[{"type":"function_call_output","call_id":"call_no","output":"x"}]}""")]
    [InlineData("""{"model":"broken","store":false,"previous_response_id":"ID","input":"Two"}""")]
    [InlineData("""{"model":"failing","store":false,"previous_response_id":"ID","input":"Two"}""")]
    [InlineData("""{"model":"failing","store":true,"previous_response_id":"ID","input":"Two"}""")]
    public async Task A_continuation_that_fails_takes_it_along(string continuation)
    {
        await using var served = await Served.ByChatAsync();
        served.Upstream
            .When(r => r.Json["model"]!.GetValue<string>() == "broken", Errors.ServerError())
            .When(r => r.Json["model"]!.GetValue<string>() == "failing", Chat.Text("Hello", "Hel", "lo").Take(2).SendError("server_error", "server_error", "It broke."));
        using var socket = await TurnSocket.ConnectAsync(served.Gateway);
        var first = await socket.TurnAsync(Request("One", store: false));

        await socket.SendAsync(TurnSocket.Create(continuation.Replace("ID", first.Final.Id(), StringComparison.Ordinal)));
        string type;
        do
        {
            type = JsonNode.Parse(await socket.TextAsync())!["type"]!.GetValue<string>();
        }
        while (type is not ("error" or "response.failed"));

        await AssertNotFoundAsync(socket, first.Final.Id());
    }

    [Fact]
    public async Task A_turn_that_fails_and_continues_nothing_does_not()
    {
        await using var served = await Served.ByChatAsync();
        using var socket = await TurnSocket.ConnectAsync(served.Gateway);
        var first = await socket.TurnAsync(Request("One", store: false));

        await socket.RefusedAsync("""{"model":"m","input":"Two","temperature":"hot"}""");

        await socket.TurnAsync(Request("Two", store: false, first.Final.Id()));
    }

    [Fact]
    public async Task A_stored_response_is_found_where_it_is_stored_and_not_once_it_is_deleted()
    {
        await using var served = await Served.ByChatAsync();
        served.Upstream.Enqueue(Chat.Text("Un"), Chat.Text("Deux"));
        using var socket = await TurnSocket.ConnectAsync(served.Gateway);
        using var other = await TurnSocket.ConnectAsync(served.Gateway);
        var first = await socket.TurnAsync(Request("One", store: true));

        await other.TurnAsync(Request("Two", store: false, first.Final.Id()));
        Assert.Equal(["One", "Un", "Two"], Messages(served, 1));

        // A failed continuation takes nothing from the storage.
        await socket.RefusedAsync($$"""{"model":"m","previous_response_id":"{{first.Final.Id()}}","input":"Two","temperature":"hot"}""");
        await socket.TurnAsync(Request("Two", store: false, first.Final.Id()));

        using (var deleted = await served.Gateway.Client.DeleteAsync($"/v1/responses/{first.Final.Id()}"))
            Assert.Equal(HttpStatusCode.OK, deleted.StatusCode);
        await AssertNotFoundAsync(socket, first.Final.Id());
    }

    [Fact]
    public async Task A_stored_response_that_is_deleted_is_gone_even_as_the_most_recent_one()
    {
        await using var served = await Served.ByChatAsync();
        using var socket = await TurnSocket.ConnectAsync(served.Gateway);
        var first = await socket.TurnAsync(Request("One", store: true));

        using (var deleted = await served.Gateway.Client.DeleteAsync($"/v1/responses/{first.Final.Id()}"))
            Assert.Equal(HttpStatusCode.OK, deleted.StatusCode);

        await AssertNotFoundAsync(socket, first.Final.Id());
    }

    [Fact]
    public async Task A_stored_response_over_one_that_is_not_keeps_what_it_builds_on()
    {
        await using var served = await Served.ByChatAsync();
        served.Upstream.Enqueue(Chat.Text("Un"), Chat.Text("Deux"), Chat.Text("Trois"), Chat.Text("Quatre"));
        string id;
        using (var socket = await TurnSocket.ConnectAsync(served.Gateway))
        {
            var first = await socket.TurnAsync(Request("One", store: false));
            var second = await socket.TurnAsync(Request("Two", store: true, first.Final.Id()));
            id = second.Final.Id();
            Assert.Equal(first.Final.Id(), second.Final["previous_response_id"]!.GetValue<string>());

            // Its connection has let go of the first: the second is the most recent.
            await AssertNotFoundAsync(socket, first.Final.Id());
        }

        var kept = JsonNode.Parse(await served.Gateway.Client.GetStringAsync($"/v1/responses/{id}"))!.AsObject();
        Assert.Equal("Deux", kept.OutputText());
        var third = await served.Gateway.CreateAsync(Request("Three", store: true, id));
        await served.Gateway.CreateAsync(Request("Four", store: true, third.Id()));

        Assert.Equal(["One", "Un", "Two", "Deux", "Three"], Messages(served, 2));
        Assert.Equal(["One", "Un", "Two", "Deux", "Three", "Trois", "Four"], Messages(served, 3));
    }

    [Fact]
    public async Task What_could_not_be_sent_in_one_message_is_not_remembered()
    {
        await using var served = await Served.ByChatAsync(options: o => o with { MaxRequestBodyBytes = 20_000 });
        using var socket = await TurnSocket.ConnectAsync(served.Gateway);
        var text = new string('x', 8_000);
        var first = await socket.TurnAsync(Request(text, store: false));
        var second = await socket.TurnAsync(Request(text, store: false, first.Final.Id()));
        var third = await socket.TurnAsync(Request(text, store: false, second.Final.Id()));

        await AssertNotFoundAsync(socket, third.Final.Id());
    }

    [Fact]
    public async Task A_key_that_has_changed_hands_finds_nothing_of_its_former_owner()
    {
        var tenant = "alice";
        await using var served = await Served.ByChatAsync(hooks: new Recorder { Authenticate = _ => AuthenticationResult.Allow(tenant) });
        using var socket = await TurnSocket.ConnectAsync(served.Gateway, "k");
        var first = await socket.TurnAsync(Request("One", store: false));

        tenant = "bob";

        await AssertNotFoundAsync(socket, first.Final.Id());
    }

    private static async Task AssertNotFoundAsync(TurnSocket socket, string id)
    {
        var envelope = await socket.RefusedAsync(Request("And?", store: false, id));
        Assert.Equal("previous_response_not_found", envelope["error"]!["code"]!.GetValue<string>());
    }

    private static string[] Messages(Served served, int request) =>
        [.. served.Upstream.Requests[request].Json["messages"]!.AsArray().Select(message => message!["content"]!.ToString())];

    private static string Request(string input, bool store, string? previous = null)
    {
        var request = new JsonObject { ["model"] = "m", ["input"] = input, ["store"] = store };
        if (previous is not null)
            request["previous_response_id"] = previous;
        return request.ToJsonString();
    }
}
