using System.Net;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.AspNetCore.Tests.Hooks;
using AiGateway.AspNetCore.Tests.Responses;
using AiGateway.Protocol;
using static AiGateway.AspNetCore.Tests.Conversations.ConversationCalls;

namespace AiGateway.AspNetCore.Tests.Conversations;

public sealed class ConversationTests
{
    [Fact]
    public async Task It_is_made_found_changed_and_deleted()
    {
        await using var gateway = await StartAsync();

        var made = await gateway.CallAsync("POST", Root, """{"metadata":{"topic":"démo"}}""");
        Assert.Equal(["id", "object", "created_at", "metadata"], made.Select(member => member.Key));
        Assert.Matches("^conv_[0-9a-f]{48}$", made.Text("id"));
        Assert.Equal("conversation", made.Text("object"));
        Assert.InRange(DateTimeOffset.FromUnixTimeSeconds(made["created_at"]!.GetValue<long>()) - DateTimeOffset.UnixEpoch, TimeSpan.FromDays(20_000), TimeSpan.FromDays(100_000));
        Assert.Equal("""{"topic":"démo"}""", made["metadata"]!.ToJsonString(JsonFormat.SerializerOptions));

        var path = $"{Root}/{made.Text("id")}";
        Assert.Equal(made.ToJsonString(), (await gateway.CallAsync("GET", path)).ToJsonString());
        Assert.Equal("""{"a":"b"}""", (await gateway.CallAsync("POST", path, """{"metadata":{"a":"b"}}"""))["metadata"]!.ToJsonString());
        Assert.Equal("""{"a":"b"}""", (await gateway.CallAsync("GET", path))["metadata"]!.ToJsonString());
        Assert.Equal("{}", (await gateway.CallAsync("POST", path, """{"metadata":null}"""))["metadata"]!.ToJsonString());

        Assert.Equal($$"""{"id":"{{made.Text("id")}}","object":"conversation.deleted","deleted":true}""", (await gateway.CallAsync("DELETE", path)).ToJsonString());
        foreach (var method in (string[])["GET", "DELETE"])
            Assert.Equal($"Conversation with id '{made.Text("id")}' not found.", (await gateway.RefusedAsync(method, path, HttpStatusCode.NotFound)).Text("message"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("{}")]
    [InlineData("""{"metadata":null,"items":null}""")]
    [InlineData("""{"items":[]}""")]
    public async Task Nothing_has_to_be_said_to_make_one(string? body)
    {
        await using var gateway = await StartAsync();

        var made = await gateway.CallAsync("POST", Root, body);

        Assert.Equal("{}", made["metadata"]!.ToJsonString());
        Assert.Empty((await gateway.CallAsync("GET", $"{Root}/{made.Text("id")}/items")).Ids());
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("POST", "")]
    [InlineData("DELETE", "")]
    [InlineData("GET", "/items")]
    [InlineData("GET", "/items?after=msg_1")]
    [InlineData("POST", "/items")]
    [InlineData("GET", "/items/msg_1")]
    [InlineData("DELETE", "/items/msg_1")]
    public async Task Another_tenants_is_as_one_that_never_was(string method, string rest)
    {
        await using var gateway = await StartAsync(new KeyIsTenant());
        var path = await gateway.NewAsync("""[{"id":"msg_1","role":"user","content":"Hi"}]""", key: "a");
        var body = method == "POST" ? """{"metadata":{},"items":[{"role":"user","content":"x"}]}""" : null;

        foreach (var (tried, key) in ((string, string?)[])[(path, "b"), (path, null), ($"{Root}/conv_none", "a")])
        {
            var error = await gateway.RefusedAsync(method, tried + rest, HttpStatusCode.NotFound, body, key);
            Assert.Equal($$"""{"message":"Conversation with id '{{tried[(Root.Length + 1)..]}}' not found.","type":"invalid_request_error","param":null,"code":null}""", Plain(error));
        }

        Assert.Equal(["msg_1"], (await gateway.CallAsync("GET", path + "/items", key: "a")).Ids());
    }

    [Theory]
    [InlineData("""{"metadata":[]}""", "metadata", "invalid_type")]
    [InlineData("""{"metadata":{"k":1}}""", "metadata.k", "invalid_type")]
    [InlineData("""{"items":{}}""", "items", "invalid_type")]
    [InlineData("""{"items":["x"]}""", "items[0]", "invalid_type")]
    [InlineData("""{"items":[{"role":"user","content":"a"},{"role":"nobody","content":"a"}]}""", "items[1].role", "invalid_value")]
    [InlineData("""{"items":[{"role":"user"}]}""", "items[0].content", "missing_required_parameter")]
    [InlineData("""{"items":[{"type":"function_call","call_id":"c"}]}""", "items[0].name", "missing_required_parameter")]
    [InlineData("""{"items":[{"type":"message","role":"user","content":[{"type":"input_text"}]}]}""", "items[0].content[0].text", "missing_required_parameter")]
    [InlineData("""{"items":[{"type":"compaction_trigger"}]}""", "items[0].type", "invalid_value")]
    [InlineData("[]", null, "invalid_json")]
    [InlineData("{", null, "invalid_json")]
    public async Task Bad_input_is_named(string body, string? param, string code)
    {
        await using var gateway = await StartAsync();

        var error = await gateway.RefusedAsync("POST", Root, HttpStatusCode.BadRequest, body);

        Assert.Equal(("invalid_request_error", param, code), (error.Text("type"), error.TextOrNull("param"), error.Text("code")));
    }

    [Fact]
    public async Task There_are_bounds()
    {
        await using var gateway = await StartAsync();
        var pairs = string.Join(',', Enumerable.Range(0, 17).Select(n => $"\"k{n}\":\"v\""));

        foreach (var (body, param, code) in ((string, string, string)[])[
            ($$"""{"metadata":{ {{pairs}} } }""", "metadata", "object_above_max_properties"),
            ($$"""{"metadata":{"{{new string('k', 65)}}":"v"} }""", "metadata", "string_above_max_length"),
            ($$"""{"metadata":{"k":"{{new string('v', 513)}}"} }""", "metadata.k", "string_above_max_length"),
            ($$"""{"items":[{{Items(21)}}]}""", "items", "array_above_max_length")])
        {
            var error = await gateway.RefusedAsync("POST", Root, HttpStatusCode.BadRequest, body);
            Assert.Equal((param, code), (error.Text("param"), error.Text("code")));
        }

        var path = await gateway.NewAsync($"[{Items(20)}]");
        Assert.Equal(20, (await gateway.CallAsync("GET", path + "/items")).Ids().Length);
        Assert.Equal("items", (await gateway.RefusedAsync("POST", path + "/items", HttpStatusCode.BadRequest, $$"""{"items":[{{Items(21)}}]}""")).Text("param"));

        static string Items(int count) => string.Join(',', Enumerable.Repeat("""{"role":"user","content":"x"}""", count));
    }

    [Fact]
    public async Task An_update_says_its_metadata()
    {
        await using var gateway = await StartAsync();
        var path = await gateway.NewAsync();

        Assert.Equal("metadata", (await gateway.RefusedAsync("POST", path, HttpStatusCode.BadRequest, "{}")).Text("param"));
        Assert.Equal("metadata.k", (await gateway.RefusedAsync("POST", path, HttpStatusCode.BadRequest, """{"metadata":{"k":null}}""")).Text("param"));
    }

    [Fact]
    public async Task Hooks_see_it_come_and_go()
    {
        ResourceRequest? seen = null;
        var recorder = new Recorder
        {
            Request = call => seen = (ResourceRequest)call.Request,
            Response = (_, result) => result.Body!["by_hook"] = true,
        };
        await using var gateway = await StartAsync(recorder);

        var made = await gateway.CallAsync("POST", Root, """{"metadata":{"a":"b"}}""");

        Assert.True(made["by_hook"]!.GetValue<bool>());
        Assert.Equal(("POST", Root, ApiKind.Responses), (seen!.Method, seen.Path, seen.Api));
        Assert.Equal(["authentication", "request", "response"], recorder.Ran);
    }

    private static string Plain(System.Text.Json.Nodes.JsonObject json) => json.ToJsonString(JsonFormat.SerializerOptions);
}
