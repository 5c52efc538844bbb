using System.Net;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Engine;
using AiGateway.Protocol;
using Microsoft.Extensions.DependencyInjection;
using static AiGateway.AspNetCore.Tests.Conversations.ConversationCalls;

namespace AiGateway.AspNetCore.Tests.Conversations;

public sealed class ConversationItemTests
{
    [Fact]
    public async Task Items_are_appended_listed_found_and_taken_out()
    {
        await using var gateway = await StartAsync();
        var path = await gateway.NewAsync();

        var added = await gateway.CallAsync("POST", path + "/items", """{"items":[{"role":"user","content":"one"},{"role":"assistant","content":"two"}]}""");
        var ids = added.Ids();
        Assert.False(added.HasMore());
        Assert.All(ids, id => Assert.Matches("^msg_[0-9a-f]{48}$", id));

        Assert.Equal(ids.Reverse(), (await gateway.CallAsync("GET", path + "/items")).Ids());
        Assert.Equal(added["data"]![0]!.ToJsonString(), (await gateway.CallAsync("GET", $"{path}/items/{ids[0]}")).ToJsonString());
        Assert.Equal((await gateway.CallAsync("GET", path)).ToJsonString(), (await gateway.CallAsync("DELETE", $"{path}/items/{ids[0]}")).ToJsonString());
        Assert.Equal([ids[1]], (await gateway.CallAsync("GET", path + "/items")).Ids());
        foreach (var method in (string[])["GET", "DELETE"])
        {
            var error = await gateway.RefusedAsync(method, $"{path}/items/{ids[0]}", HttpStatusCode.NotFound);
            Assert.Equal(($"Item with id '{ids[0]}' not found.", "invalid_request_error"), (error.Text("message"), error.Text("type")));
        }
    }

    [Theory]
    [InlineData("""{"role":"user","content":"Hi"}""", """{"type":"message","id":"","status":"completed","role":"user","content":[{"type":"input_text","text":"Hi"}]}""")]
    [InlineData("""{"role":"developer","content":"é"}""", """{"type":"message","id":"","status":"completed","role":"developer","content":[{"type":"input_text","text":"é"}]}""")]
    [InlineData(
        """{"type":"message","role":"assistant","content":"Hi","phase":"commentary","status":"incomplete"}""",
        """{"type":"message","id":"","status":"incomplete","role":"assistant","content":[{"type":"output_text","text":"Hi","annotations":[],"logprobs":[]}],"phase":"commentary"}""")]
    [InlineData(
        """{"role":"assistant","id":null,"status":null,"content":[{"type":"output_text","text":"a"},{"type":"refusal","refusal":"no"}]}""",
        """{"type":"message","id":"","status":"completed","role":"assistant","content":[{"type":"output_text","text":"a","annotations":[],"logprobs":[]},{"type":"refusal","refusal":"no"}]}""")]
    [InlineData(
        """{"role":"user","content":[{"type":"input_file","filename":"a.txt","file_data":"data:text/plain;base64,YQ=="}]}""",
        """{"type":"message","id":"","status":"completed","role":"user","content":[{"type":"input_file","filename":"a.txt","file_id":null}]}""")]
    [InlineData(
        """{"role":"user","content":[{"type":"input_image","image_url":"https://x/y.png"},{"type":"input_image","file_id":"f","detail":"low"}]}""",
        """{"type":"message","id":"","status":"completed","role":"user","content":[{"type":"input_image","detail":"auto","file_id":null,"image_url":null},{"type":"input_image","file_id":"f","detail":"low","image_url":null}]}""")]
    [InlineData(
        """{"type":"function_call","call_id":"c","name":"f","arguments":"{}"}""",
        """{"type":"function_call","id":"","status":"completed","call_id":"c","name":"f","arguments":"{}"}""")]
    [InlineData("""{"type":"function_call_output","call_id":"c","output":"42"}""", """{"type":"function_call_output","id":"","status":"completed","call_id":"c","output":"42"}""")]
    [InlineData(
        """{"type":"reasoning","summary":[],"encrypted_content":"secret"}""",
        """{"type":"reasoning","id":"","status":"completed","summary":[]}""")]
    [InlineData("""{"type":"compaction","encrypted_content":"blob"}""", """{"type":"compaction","id":"","encrypted_content":"blob"}""")]
    [InlineData("""{"type":"acme:thing","a":{"b":[1.50]}}""", """{"type":"acme:thing","id":"","status":"completed","a":{"b":[1.50]}}""")]
    public async Task Every_form_becomes_the_form_of_a_kept_item(string sent, string shown)
    {
        await using var gateway = await StartAsync();
        var path = await gateway.NewAsync();

        var item = await gateway.AppendAsync(path, sent);

        var id = item.Text("id");
        Assert.NotEmpty(id);
        Assert.Equal(item.ToJsonString(), (await gateway.CallAsync("GET", $"{path}/items/{id}")).ToJsonString());
        item["id"] = "";
        Assert.Equal(shown, item.ToJsonString(JsonFormat.SerializerOptions));
    }

    [Theory]
    [InlineData("message.input_image.image_url", """{"role":"user","content":[{"type":"input_image","image_url":"data:image/png;base64,SECRET"}]}""")]
    [InlineData("message.input_image.image_url", """{"type":"function_call_output","call_id":"c","output":[{"type":"input_image","image_url":"data:image/png;base64,SECRET"}]}""")]
    [InlineData("reasoning.encrypted_content", """{"type":"reasoning","summary":[],"encrypted_content":"SECRET"}""")]
    [InlineData("message.output_text.logprobs", """{"role":"assistant","content":[{"type":"output_text","text":"a","logprobs":[{"token":"SECRET","logprob":-1,"bytes":[],"top_logprobs":[]}]}]}""")]
    [InlineData("file_search_call.results", """{"type":"file_search_call","queries":["q"],"results":[{"text":"SECRET"}]}""")]
    [InlineData("web_search_call.results", """{"type":"web_search_call","action":{"type":"search"},"results":["SECRET"]}""")]
    [InlineData("web_search_call.action.sources", """{"type":"web_search_call","action":{"type":"search","query":"q","sources":["SECRET"]}}""")]
    [InlineData("computer_call_output.output.image_url", """{"type":"computer_call_output","call_id":"c","output":{"type":"computer_screenshot","image_url":"SECRET"}}""")]
    [InlineData("code_interpreter_call.outputs", """{"type":"code_interpreter_call","code":"1","container_id":"k","outputs":[{"type":"logs","logs":"SECRET"}]}""")]
    public async Task What_is_large_is_shown_to_who_asks_for_it(string include, string sent)
    {
        await using var gateway = await StartAsync();
        var path = await gateway.NewAsync();

        var plain = await gateway.AppendAsync(path, sent);
        var id = plain.Text("id");
        string[] without = [plain.ToJsonString(), await ShownAsync(""), await ShownAsync($"/{id}"), await ShownAsync($"/{id}?include[]={Other(include)}")];
        string[] with =
        [
            (await gateway.AppendAsync(path, sent, $"?include[]={include}")).ToJsonString(),
            await ShownAsync($"?include[]={include}&include[]={Other(include)}"),
            await ShownAsync($"/{id}?include={include}"),
        ];

        Assert.All(without, text => Assert.DoesNotContain("SECRET", text, StringComparison.Ordinal));
        Assert.All(with, text => Assert.Contains("SECRET", text, StringComparison.Ordinal));

        async Task<string> ShownAsync(string rest) => (await gateway.CallAsync("GET", $"{path}/items{rest}")).ToJsonString();

        static string Other(string name) => name == "reasoning.encrypted_content" ? "code_interpreter_call.outputs" : "reasoning.encrypted_content";
    }

    [Fact]
    public async Task A_clients_own_id_stays_where_it_can()
    {
        await using var gateway = await StartAsync();
        var path = await gateway.NewAsync("""[{"id":"msg_mine","role":"user","content":"1"},{"id":"a/b","role":"user","content":"2"}]""");
        await gateway.AppendAsync(path, """{"id":"rs_other","type":"reasoning","summary":[]}""");
        await gateway.AppendAsync(path, $$"""{"id":"{{new string('x', 129)}}","role":"user","content":"3"}""");

        var ids = (await gateway.CallAsync("GET", path + "/items?order=asc")).Ids();

        Assert.Equal(("msg_mine", "rs_other"), (ids[0], ids[2]));
        Assert.All([ids[1], ids[3]], id => Assert.Matches("^msg_[0-9a-f]{48}$", id));

        // Another conversation has its own.
        Assert.Equal("msg_mine", (await gateway.AppendAsync(await gateway.NewAsync(), """{"id":"msg_mine","role":"user","content":"1"}""")).Text("id"));
    }

    [Fact]
    public async Task An_id_that_is_taken_is_refused_by_its_path_and_nothing_is_kept()
    {
        const string Twice = """{"items":[{"role":"user","content":"2"},{"id":"msg_mine","role":"user","content":"3"},{"id":"msg_mine","role":"user","content":"4"}]}""";
        await using var gateway = await StartAsync();
        var path = await gateway.NewAsync("""[{"id":"msg_mine","role":"user","content":"1"}]""");

        Told(await gateway.RefusedAsync("POST", path + "/items", HttpStatusCode.BadRequest, """{"items":[{"role":"user","content":"2"},{"id":"msg_mine","role":"user","content":"3"}]}"""), "items[1].id");
        Told(await gateway.RefusedAsync("POST", path + "/items", HttpStatusCode.BadRequest, Twice), "items[2].id");
        Told(await gateway.RefusedAsync("POST", "/v1/conversations", HttpStatusCode.BadRequest, Twice), "items[2].id");

        Assert.Equal(["msg_mine"], (await gateway.CallAsync("GET", path + "/items")).Ids());

        static void Told(System.Text.Json.Nodes.JsonObject error, string param)
        {
            Assert.Equal((param, "invalid_value"), (error.Text("param"), error.Text("code")));
            Assert.Contains("'msg_mine'", error.Text("message"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_turn_that_brings_an_id_again_loses_nothing()
    {
        await using var gateway = await StartAsync();
        var path = await gateway.NewAsync("""[{"id":"msg_mine","role":"user","content":"1"}]""");
        var conversation = path[(path.LastIndexOf('/') + 1)..];

        await gateway.CallAsync("POST", "/v1/responses", $$"""{"model":"demo","conversation":"{{conversation}}","input":[{"id":"msg_mine","role":"user","content":"2"}]}""");

        var items = (await gateway.CallAsync("GET", path + "/items?order=asc"))["data"]!.AsArray();
        Assert.Equal(["1", "2", "You said: 2"], items.Select(item => item!["content"]![0]!["text"]!.ToString()));
        Assert.Equal(3, items.Select(item => item!["id"]!.ToString()).Distinct().Count());
        Assert.Matches("^msg_[0-9a-f]{48}$", items[1]!["id"]!.ToString());
        Assert.Equal("2", (await gateway.CallAsync("GET", $"{path}/items/{items[1]!["id"]}"))["content"]![0]!["text"]!.ToString());
    }

    [Fact]
    public async Task Lists_are_read_by_pages_from_either_end()
    {
        await using var gateway = await StartAsync();
        var path = await gateway.NewAsync(Items(0, 20));
        await gateway.CallAsync("POST", path + "/items", $$"""{"items":{{Items(20, 5)}}}""");
        var up = Enumerable.Range(0, 25).Select(n => $"i{n}").ToList();
        var down = Enumerable.Reverse(up).ToList();

        var first = await gateway.CallAsync("GET", path + "/items");
        Assert.Equal(down[..20], first.Ids());
        Assert.True(first.HasMore());
        Assert.Equal(down, await gateway.WalkAsync(path + "/items?limit=7"));
        Assert.Equal(up, await gateway.WalkAsync(path + "/items?limit=5&order=asc"));
        Assert.Equal(up, (await gateway.CallAsync("GET", path + "/items?limit=100&order=asc")).Ids());
        Assert.False((await gateway.CallAsync("GET", path + "/items?limit=25")).HasMore());

        // Back again: the pages before the last item, to the first.
        Assert.Equal(down[..^1], await WalkBackAsync("i0", "desc"));
        Assert.Equal(up[..^1], await WalkBackAsync("i24", "asc"));
        Assert.Equal(["i3", "i4", "i5"], (await gateway.CallAsync("GET", path + "/items?order=asc&limit=3&before=i6")).Ids());
        Assert.Empty((await gateway.CallAsync("GET", path + "/items?order=asc&before=i0")).Ids());
        Assert.Empty((await gateway.CallAsync("GET", path + "/items?order=asc&after=i24")).Ids());

        static string Items(int from, int count) =>
            $"[{string.Join(',', Enumerable.Range(from, count).Select(n => $$"""{"id":"i{{n}}","role":"user","content":"x"}"""))}]";

        async Task<List<string>> WalkBackAsync(string from, string order)
        {
            var all = new List<string>();
            while (true)
            {
                var page = await gateway.CallAsync("GET", $"{path}/items?limit=6&order={order}&before={from}");
                all.InsertRange(0, page.Ids());
                if (!page.HasMore())
                    return all;
                from = page.Text("first_id");
            }
        }
    }

    [Theory]
    [InlineData("limit=0", "limit", "integer_below_min_value")]
    [InlineData("limit=-1", "limit", "integer_below_min_value")]
    [InlineData("limit=101", "limit", "integer_above_max_value")]
    [InlineData("limit=ten", "limit", "invalid_type")]
    [InlineData("limit=99999999999999999999", "limit", "invalid_type")]
    [InlineData("order=up", "order", "invalid_value")]
    [InlineData("after=msg_none", "after", "invalid_value")]
    [InlineData("before=msg_none", "before", "invalid_value")]
    [InlineData("after=i1&before=i1", "before", "invalid_value")]
    [InlineData("include[]=everything", "include", "invalid_value")]
    public async Task A_bad_query_is_named(string query, string param, string code)
    {
        await using var gateway = await StartAsync();
        var path = await gateway.NewAsync("""[{"id":"i1","role":"user","content":"x"}]""");

        var error = await gateway.RefusedAsync("GET", $"{path}/items?{query}", HttpStatusCode.BadRequest);

        Assert.Equal((param, code, "invalid_request_error"), (error.Text("param"), error.Text("code"), error.Text("type")));
    }

    [Theory]
    [InlineData("{}", "items", "missing_required_parameter")]
    [InlineData("""{"items":null}""", "items", "missing_required_parameter")]
    [InlineData("""{"items":[]}""", "items", "empty_array")]
    [InlineData("""{"items":"x"}""", "items", "invalid_type")]
    [InlineData("""{"items":[{"role":"user","content":"a"},{"type":"nonsense"}]}""", "items[1].type", "invalid_value")]
    public async Task What_is_appended_is_checked_and_then_all_or_nothing_is_kept(string body, string param, string code)
    {
        await using var gateway = await StartAsync();
        var path = await gateway.NewAsync();

        var error = await gateway.RefusedAsync("POST", path + "/items", HttpStatusCode.BadRequest, body);

        Assert.Equal((param, code), (error.Text("param"), error.Text("code")));
        Assert.Empty((await gateway.CallAsync("GET", path + "/items")).Ids());
    }

    [Fact]
    public async Task Where_nothing_can_be_kept_it_is_503_and_says_so()
    {
        await using var gateway = await TestGateway.StartAsync(Demo, services => services.AddSingleton<IConversationStore, BrokenConversationStore>());

        var error = await gateway.RefusedAsync("POST", Root, HttpStatusCode.ServiceUnavailable, "{}");

        Assert.Equal(("server_error", "storage_unavailable"), (error.Text("type"), error.Text("code")));
        Assert.DoesNotContain("disk", error.Text("message"), StringComparison.Ordinal);
    }
}
