using System.Net;
using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.AspNetCore.Tests.Responses;
using AiGateway.Protocol;
using AiGateway.Upstream;
using static AiGateway.AspNetCore.Tests.StoredCompletions.CompletionCalls;

namespace AiGateway.AspNetCore.Tests.StoredCompletions;

/// <summary>What is kept can be listed, found, changed and deleted.</summary>
public sealed class KeptCompletionTests
{
    [Fact]
    public async Task It_is_found_as_it_was_answered_with_what_it_was_asked_with()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream.Always(Chat.Text("Hello")));
        const string Request = """
            {"model":"mine","messages":[{"role":"user","content":"Hi"}],"store":true,"metadata":{"topic":"démo"},"temperature":0.50,"seed":7,"user":"u1",
             "tools":[{"type":"function","function":{"name":"f","parameters":{}}}],"tool_choice":"auto","response_format":{"type":"text"},"service_tier":"auto"}
            """;

        var answer = await gateway.KeepAsync(Request);
        var kept = await gateway.FindAsync(answer.Text("id"));

        foreach (var (name, value) in answer)
            Assert.Equal(value?.ToJsonString(), kept[name]?.ToJsonString());
        Assert.Matches("^chatcmpl-[0-9a-f]{48}$", answer.Text("id"));
        Assert.Equal(("chat.completion", "mine", "Hello"), (kept.Text("object"), kept.Text("model"), kept.Message().Text("content")));
        Assert.Matches("^req_", kept.Text("request_id"));
        Assert.Equal("""{"topic":"démo"}""", kept["metadata"]!.ToJsonString(JsonFormat.SerializerOptions));
        Assert.Equal(
            ("0.50", "7", "u1", "auto", "1.0", "0.0", "0.0"),
            (Raw("temperature"), Raw("seed"), kept.Text("input_user"), kept.Text("tool_choice"), Raw("top_p"), Raw("presence_penalty"), Raw("frequency_penalty")));
        Assert.Equal(("f", "text"), (kept["tools"]![0]!["function"]!["name"]!.GetValue<string>(), kept["response_format"]!["type"]!.GetValue<string>()));

        string Raw(string name) => kept[name]!.ToJsonString();
    }

    [Fact]
    public async Task What_was_not_asked_for_is_shown_as_the_default()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream);

        var kept = await gateway.FindAsync((await gateway.KeepAsync()).Text("id"));

        foreach (var name in (string[])["tool_choice", "seed", "input_user", "tools", "response_format"])
            Assert.True(kept.TryGetPropertyValue(name, out var value) && value is null, name);
        Assert.Equal(("1.0", "1.0", "{}"), (kept["temperature"]!.ToJsonString(), kept["top_p"]!.ToJsonString(), kept["metadata"]!.ToJsonString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData(",\"store\":false")]
    [InlineData(",\"store\":null")]
    public async Task What_is_not_to_be_kept_is_not_and_has_the_providers_id(string store)
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream.Always(Chat.Text("Hello")));
        var ask = $$"""{"model":"mine","messages":[]{{store}}}""";

        var whole = await gateway.KeepAsync(ask);
        var chunks = await gateway.ChunksAsync(ask);

        Assert.StartsWith("chatcmpl-upstream-", whole.Text("id"), StringComparison.Ordinal);
        Assert.All(chunks, chunk => Assert.StartsWith("chatcmpl-upstream-", chunk.Text("id"), StringComparison.Ordinal));
        Assert.Empty((await gateway.CallAsync("GET", Root)).Ids());
        await gateway.RefusedAsync("GET", $"{Root}/{whole.Text("id")}", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_provider_is_told_as_the_client_said()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream);

        await gateway.KeepAsync("""{"model":"theirs","messages":[] , "store" : true, "metadata":{"a":"b"}}""");

        Assert.Equal("""{"model":"theirs","messages":[] , "store" : true, "metadata":{"a":"b"}}""", upstream.Requests[0].Text);
    }

    [Fact]
    public async Task Its_metadata_is_changed_and_it_is_deleted()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream);
        var id = (await gateway.KeepAsync()).Text("id");
        var before = await gateway.FindAsync(id);

        var changed = await gateway.CallAsync("POST", $"{Root}/{id}", """{"metadata":{"a":"b"}}""");

        Assert.Equal("""{"a":"b"}""", changed["metadata"]!.ToJsonString());
        Assert.Equal(changed.ToJsonString(), (await gateway.FindAsync(id)).ToJsonString());
        Assert.Equal(before["choices"]!.ToJsonString(), changed["choices"]!.ToJsonString());
        Assert.Equal($$"""{"object":"chat.completion.deleted","id":"{{id}}","deleted":true}""", (await gateway.CallAsync("DELETE", $"{Root}/{id}")).ToJsonString());
        Assert.Empty((await gateway.CallAsync("GET", Root)).Ids());
        foreach (var (method, rest, body) in ((string, string, string?)[])[("GET", "", null), ("DELETE", "", null), ("POST", "", """{"metadata":{}}"""), ("GET", "/messages", null)])
        {
            var error = await gateway.RefusedAsync(method, $"{Root}/{id}{rest}", HttpStatusCode.NotFound, body);
            Assert.Equal(($"Chat completion with id '{id}' not found.", "invalid_request_error"), (error.Text("message"), error.Text("type")));
        }
    }

    [Fact]
    public async Task Another_tenants_does_not_exist()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream, hooks: new KeyIsTenant());
        var id = (await gateway.KeepAsync("""{"model":"mine","messages":[{"role":"user","content":"Hi"}],"store":true,"metadata":{"k":"v"}}""", key: "a")).Text("id");

        foreach (var key in (string?[])["b", null])
        {
            foreach (var (method, rest, body) in ((string, string, string?)[])[("GET", "", null), ("DELETE", "", null), ("POST", "", """{"metadata":{}}"""), ("GET", "/messages", null)])
            {
                var theirs = await gateway.RefusedAsync(method, $"{Root}/{id}{rest}", HttpStatusCode.NotFound, body, key);
                var nobodys = await gateway.RefusedAsync(method, $"{Root}/none{rest}", HttpStatusCode.NotFound, body, key);
                Assert.Equal(nobodys.ToJsonString().Replace("none", id, StringComparison.Ordinal), theirs.ToJsonString());
            }

            Assert.Empty((await gateway.CallAsync("GET", Root, key: key)).Ids());
            Assert.Empty((await gateway.CallAsync("GET", Root + "?metadata[k]=v", key: key)).Ids());
            var error = await gateway.RefusedAsync("GET", $"{Root}?after={id}", HttpStatusCode.BadRequest, key: key);
            Assert.Equal("after", error.Text("param"));
        }

        Assert.Equal([id], (await gateway.CallAsync("GET", Root, key: "a")).Ids());
    }

    [Fact]
    public async Task They_are_listed_by_pages_from_either_end()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream);
        var ids = new List<string>();
        for (var i = 0; i < 23; i++)
            ids.Add((await gateway.KeepAsync()).Text("id"));

        var first = await gateway.CallAsync("GET", Root);
        Assert.Equal(ids[..20], first.Ids());
        Assert.True(first.HasMore());
        Assert.Equal(ids, await gateway.WalkAsync(Root + "?limit=7"));
        Assert.Equal(Enumerable.Reverse(ids), await gateway.WalkAsync(Root + "?limit=6&order=desc"));
        Assert.Equal(ids[2..4], (await gateway.CallAsync("GET", $"{Root}?limit=2&before={ids[4]}")).Ids());
        Assert.False((await gateway.CallAsync("GET", $"{Root}?limit=2&before={ids[2]}")).HasMore());
        Assert.True((await gateway.CallAsync("GET", $"{Root}?limit=2&before={ids[3]}")).HasMore());
        Assert.Empty((await gateway.CallAsync("GET", $"{Root}?after={ids[^1]}")).Ids());
    }

    [Fact]
    public async Task They_are_listed_by_model_and_metadata()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream);
        var one = await KeptAsync("mine", """{"a":"1","b":"x y"}""");
        var two = await KeptAsync("other", """{"a":"1"}""");
        var three = await KeptAsync("mine", """{"a":"2"}""");

        Assert.Equal([one, three], await ListAsync("model=mine"));
        Assert.Equal([one, two], await ListAsync("metadata[a]=1"));
        Assert.Equal([one], await ListAsync("metadata[a]=1&metadata%5Bb%5D=x%20y"));
        Assert.Equal([three], await ListAsync("model=mine&metadata[a]=2"));
        Assert.Empty(await ListAsync("model=theirs"));

        async Task<string> KeptAsync(string model, string metadata) =>
            (await gateway.KeepAsync($$"""{"model":"{{model}}","messages":[],"store":true,"metadata":{{metadata}} }""")).Text("id");

        async Task<string[]> ListAsync(string query) => (await gateway.CallAsync("GET", $"{Root}?{query}")).Ids();
    }

    [Fact]
    public async Task Its_messages_are_listed_by_pages()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream);
        const string Request = """
            {"model":"mine","store":true,"messages":[
              {"role":"system","content":"Be kind.","name":"boss"},
              {"role":"user","content":[{"type":"text","text":"Look"},{"type":"image_url","image_url":{"url":"https://x/y"}}]},
              {"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},
              {"role":"tool","tool_call_id":"c","content":"42"}]}
            """;
        var id = (await gateway.KeepAsync(Request)).Text("id");
        var path = $"{Root}/{id}/messages";

        var list = await gateway.CallAsync("GET", path);

        Assert.Equal(Enumerable.Range(0, 4).Select(n => $"{id}-{n}"), list.Ids());
        Assert.Equal(
            $$"""{"id":"{{id}}-0","role":"system","content":"Be kind.","name":"boss","content_parts":null}""", list["data"]![0]!.ToJsonString());
        Assert.Equal(
            $$"""{"id":"{{id}}-1","role":"user","content":null,"name":null,"content_parts":[{"type":"text","text":"Look"},{"type":"image_url","image_url":{"url":"https://x/y"} }]}""".Replace(" }", "}", StringComparison.Ordinal),
            list["data"]![1]!.ToJsonString());
        Assert.Equal(("c", null), (list["data"]![2]!["tool_calls"]![0]!["id"]!.GetValue<string>(), list["data"]![2]!["content"]));
        Assert.Equal("c", list["data"]![3]!["tool_call_id"]!.GetValue<string>());
        Assert.Equal(list.Ids(), await gateway.WalkAsync(path + "?limit=3"));
        Assert.Equal(list.Ids().Reverse(), await gateway.WalkAsync(path + "?limit=1&order=desc"));
        Assert.Equal([$"{id}-0", $"{id}-1"], (await gateway.CallAsync("GET", $"{path}?before={id}-2")).Ids());
        Assert.Equal("after", (await gateway.RefusedAsync("GET", $"{path}?after={id}-9", HttpStatusCode.BadRequest)).Text("param"));
    }

    [Theory]
    [InlineData("metadata=x", "metadata", "invalid_value")]
    [InlineData("limit=0", "limit", "integer_below_min_value")]
    [InlineData("limit=101", "limit", "integer_above_max_value")]
    [InlineData("order=newest", "order", "invalid_value")]
    [InlineData("after=chatcmpl-none", "after", "invalid_value")]
    [InlineData("before=chatcmpl-none", "before", "invalid_value")]
    public async Task A_bad_query_is_named(string query, string param, string code)
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream);

        var error = await gateway.RefusedAsync("GET", $"{Root}?{query}", HttpStatusCode.BadRequest);

        Assert.Equal((param, code), (error.Text("param"), error.Text("code")));
    }

    [Theory]
    [InlineData("[]", "metadata", "invalid_type")]
    [InlineData("""{"k":1}""", "metadata.k", "invalid_type")]
    public async Task Metadata_that_cannot_be_kept_is_refused_before_the_provider_is_asked(string metadata, string param, string code)
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream);
        var ask = $$"""{"model":"mine","messages":[],"store":true,"metadata":{{metadata}} }""";

        foreach (var body in (string[])[ask, Streamed(ask)])
        {
            var error = await gateway.RefusedAsync("POST", Root, HttpStatusCode.BadRequest, body);
            Assert.Equal((param, code), (error.Text("param"), error.Text("code")));
        }

        Assert.Empty(upstream.Requests);

        // Where nothing is kept it is the provider's business.
        await gateway.KeepAsync(ask.Replace("true", "false", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_update_says_its_metadata()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream);
        var id = (await gateway.KeepAsync()).Text("id");

        Assert.Equal("metadata", (await gateway.RefusedAsync("POST", $"{Root}/{id}", HttpStatusCode.BadRequest, "{}")).Text("param"));
    }
}
