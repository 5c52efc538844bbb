using System.Net;
using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.AspNetCore.Tests.Responses;
using AiGateway.Configuration;
using AiGateway.Upstream;
using static AiGateway.AspNetCore.Tests.Background.BackgroundCalls;

namespace AiGateway.AspNetCore.Tests.Background;

/// <summary>What is kept of a response, and for whom (<c>spec/responses.md</c> §12, §14).</summary>
public sealed class StoredTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task It_is_retrieved_as_its_client_got_it(bool native, bool streamed)
    {
        await using var served = await BackgroundTests.ByAsync(native, BackgroundTests.Text(native));
        const string Body = """{"model":"m","input":"Hello","metadata":{"a":"b"}}""";

        var given = streamed ? (await served.Gateway.StreamAsync(Body)).Final : await served.Gateway.CreateAsync(Body);

        Assert.True(JsonNode.DeepEquals(given, await served.Gateway.RetrieveAsync(given.Id())));
    }

    [Fact]
    public async Task Not_stored_it_is_not_there_and_cannot_be_continued()
    {
        await using var served = await Served.ByChatAsync(Chat.Text("Hello"));
        var id = (await served.Gateway.CreateAsync("""{"model":"m","input":"Hello","store":false}""")).Id();

        foreach (var (method, path) in ((HttpMethod, string)[])[(HttpMethod.Get, ""), (HttpMethod.Delete, ""), (HttpMethod.Post, "/cancel"), (HttpMethod.Get, "?stream=true")])
        {
            var error = (await served.Gateway.SendJsonAsync(method, Path(id) + path, HttpStatusCode.NotFound))["error"]!.AsObject();
            Assert.Equal($$"""{"message":"Response with id '{{id}}' not found.","type":"invalid_request_error","param":null,"code":null}""", error.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
        }

        var refused = await served.Gateway.RefusedAsync($$"""{"model":"m","input":"On","previous_response_id":"{{id}}"}""");
        Assert.Equal("previous_response_not_found", refused["code"]!.GetValue<string>());
    }

    [Fact]
    public async Task Deleted_it_is_gone_and_chains_break()
    {
        await using var served = await Served.ByChatAsync(Chat.Text("Hello"));
        var first = (await served.Gateway.CreateAsync(Served.Hello)).Id();
        var second = (await served.Gateway.CreateAsync($$"""{"model":"m","input":"On","previous_response_id":"{{first}}"}""")).Id();

        var deleted = await served.Gateway.SendJsonAsync(HttpMethod.Delete, Path(first));

        Assert.Equal($$"""{"id":"{{first}}","object":"response.deleted","deleted":true}""", deleted.ToJsonString());
        await served.Gateway.SendJsonAsync(HttpMethod.Get, Path(first), HttpStatusCode.NotFound);
        await served.Gateway.SendJsonAsync(HttpMethod.Delete, Path(first), HttpStatusCode.NotFound);
        foreach (var id in (string[])[first, second])
        {
            var error = await served.Gateway.RefusedAsync($$"""{"model":"m","input":"On","previous_response_id":"{{id}}"}""");
            Assert.Equal("previous_response_not_found", error["code"]!.GetValue<string>());
        }

        await served.Gateway.RetrieveAsync(second);
    }

    [Fact]
    public async Task One_that_runs_is_neither_deleted_nor_continued()
    {
        var gate = new TaskCompletionSource();
        await using var served = await Served.ByChatAsync(BackgroundTests.Held(false, gate.Task));
        var id = (await served.Gateway.CreateAsync(Request)).Id();
        await served.Upstream.NextRequestAsync();

        await served.Gateway.SendJsonAsync(HttpMethod.Delete, Path(id), HttpStatusCode.BadRequest);
        var error = await served.Gateway.RefusedAsync($$"""{"model":"m","input":"On","previous_response_id":"{{id}}"}""");
        Assert.Equal("previous_response_id", error["param"]!.GetValue<string>());
        gate.SetResult();
        await served.Gateway.PollAsync(id);

        await served.Gateway.CreateAsync($$"""{"model":"m","input":"On","previous_response_id":"{{id}}"}""");
        await served.Gateway.SendJsonAsync(HttpMethod.Delete, Path(id));
    }

    [Fact]
    public async Task Tenants_are_walls()
    {
        await using var upstream = (await ScriptedUpstream.StartAsync()).Always(Chat.Text("Hello"));
        await using var gateway = await TestGateway.StartAsync(upstream, hooks: new KeyIsTenant());
        var mine = (await gateway.StreamAsync(Request, key: "ann")).Final.Id();

        foreach (var (method, path) in ((HttpMethod, string)[])
            [(HttpMethod.Get, ""), (HttpMethod.Get, "?stream=true"), (HttpMethod.Post, "/cancel"), (HttpMethod.Delete, "")])
        {
            var foreign = await gateway.SendJsonAsync(method, Path(mine) + path, HttpStatusCode.NotFound, "bob");
            var none = await gateway.SendJsonAsync(method, Path("resp_none") + path, HttpStatusCode.NotFound, "bob");
            Assert.Equal(none.ToJsonString(), foreign.ToJsonString().Replace(mine, "resp_none", StringComparison.Ordinal));
        }

        var error = await gateway.RefusedAsync($$"""{"model":"m","input":"On","previous_response_id":"{{mine}}"}""", key: "bob");
        Assert.Equal("previous_response_not_found", error["code"]!.GetValue<string>());
        await gateway.RetrieveAsync(mine, "ann");
    }

    [Fact]
    public async Task A_client_that_leaves_a_stream_cancels_it()
    {
        await using var served = await Served.ByChatAsync(Chat.Text("One two three").Take(3).Hang());
        var (response, events) = await served.Gateway.PostAsync("/v1/responses", """{"model":"m","input":"Hi","stream":true}""").OpenAsync();
        var id = JsonNode.Parse((await events.NextAsync()).Data)!["response"]!.AsObject().Id();
        Assert.Equal("in_progress", (await served.Gateway.RetrieveAsync(id)).Status());

        response.Dispose();

        await (await served.Upstream.NextRequestAsync()).Aborted.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal("cancelled", (await served.Gateway.PollAsync(id)).Status());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Told_to_a_response_goes_on_without_its_client(bool native)
    {
        var gate = new TaskCompletionSource();
        var script = BackgroundTests.Text(native).WaitAfter(native ? 6 : 3, gate.Task);
        Func<GatewayOptions, GatewayOptions> goesOn = o => o with { Responses = new ResponsesOptions { OnClientGone = "continue" } };
        await using var served = native ? await Served.NativelyAsync(script, goesOn) : await Served.ByChatAsync(script, goesOn);
        var (response, events) = await served.Gateway.PostAsync("/v1/responses", """{"model":"m","input":"Hi","stream":true}""").OpenAsync();
        var id = JsonNode.Parse((await events.NextAsync()).Data)!["response"]!.AsObject().Id();

        response.Dispose();
        await served.Gateway.SendJsonAsync(HttpMethod.Get, "/v1/models");
        gate.SetResult();

        var final = await served.Gateway.PollAsync(id);
        Assert.Equal(("completed", "One two three"), (final.Status(), final.OutputText()));
    }

    [Fact]
    public async Task An_item_is_found_by_its_id_whichever_response_has_it()
    {
        await using var served = await Served.ByChatAsync(Chat.Text("Paris"));
        var first = await served.Gateway.CreateAsync(Served.Hello);
        var item = first.Items("message")[0].Id();

        await served.Gateway.CreateAsync($$"""{"model":"m","input":[{"type":"item_reference","id":"{{item}}"},{"role":"user","content":"And Rome?"}]}""");

        Assert.Equal(["Paris", "And Rome?"], served.Upstream.Requests[1].Json["messages"]!.AsArray().Select(m => m!["content"]!.ToString()));
        var error = await served.Gateway.RefusedAsync("""{"model":"m","input":[{"type":"item_reference","id":"msg_none"}]}""", HttpStatusCode.NotFound);
        Assert.Equal("input", error["param"]!.GetValue<string>());
    }
}
