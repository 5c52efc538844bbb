using System.Net;
using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.AspNetCore.Tests.Responses;
using AiGateway.Upstream;
using static AiGateway.AspNetCore.Tests.Background.BackgroundCalls;

namespace AiGateway.AspNetCore.Tests.Background;

/// <summary>What a stored response was made of (<c>spec/responses.md</c> §14): its whole chain, in order, in pages.</summary>
public sealed class InputItemsTests
{
    [Fact]
    public async Task The_whole_chain_is_listed_both_ways_with_an_id_and_a_status_each()
    {
        await using var served = await Served.ByChatAsync(Chat.Text("Bonjour"));
        var first = await served.Gateway.CreateAsync("""{"model":"m","input":"One"}""");
        var second = await served.Gateway.CreateAsync(
            $$"""{"model":"m","previous_response_id":"{{first.Id()}}","input":[{"role":"user","content":"Two"},{"type":"message","id":"msg_mine","role":"developer","content":[{"type":"input_text","text":"Three"}]}]}""");

        var ascending = await ListAsync(served.Gateway, second.Id(), "order=asc");
        var descending = await ListAsync(served.Gateway, second.Id(), "");

        Assert.Equal(["user:One", "assistant:Bonjour", "user:Two", "developer:Three"], ascending.Data.Select(Text));
        Assert.Equal(ascending.Data.Select(Text).Reverse(), descending.Data.Select(Text));
        Assert.All(ascending.Data, item => Assert.Equal("completed", item["status"]!.GetValue<string>()));
        Assert.Equal(first.Items("message")[0].Id(), ascending.Data[1].Id());
        Assert.Equal("msg_mine", ascending.Data[3].Id());
        Assert.Equal("input_text", ascending.Data[0]["content"]![0]!["type"]!.GetValue<string>());
        Assert.Equal((ascending.Data[0].Id(), ascending.Data[3].Id(), false), (ascending.First, ascending.Last, ascending.HasMore));
        Assert.Equal(4, ascending.Data.Select(item => item.Id()).Distinct().Count());
    }

    [Theory]
    [InlineData("asc")]
    [InlineData("desc")]
    public async Task Pages_make_the_whole(string order)
    {
        await using var served = await Served.ByChatAsync(Chat.Text("Hello"));
        var input = new JsonArray([.. Enumerable.Range(0, 7).Select(i => new JsonObject { ["role"] = "user", ["content"] = $"{i}" })]);
        var id = (await served.Gateway.CreateAsync(new JsonObject { ["model"] = "m", ["input"] = input }.ToJsonString())).Id();

        var seen = new List<string>();
        var after = "";
        var more = true;
        while (more)
        {
            var page = await ListAsync(served.Gateway, id, $"order={order}&limit=3{after}");
            seen.AddRange(page.Data.Select(item => item["content"]![0]!["text"]!.GetValue<string>()));
            more = page.HasMore;
            after = "&after=" + page.Last;
        }

        var expected = Enumerable.Range(0, 7).Select(i => $"{i}");
        Assert.Equal(order == "asc" ? expected : expected.Reverse(), seen);
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=101", "limit")]
    [InlineData("limit=x", "limit")]
    [InlineData("order=up", "order")]
    [InlineData("after=msg_none", "after")]
    [InlineData("include[]=all", "include")]
    public async Task A_wrong_query_is_refused(string query, string param)
    {
        await using var served = await Served.ByChatAsync(Chat.Text("Hello"));
        var id = (await served.Gateway.CreateAsync(Served.Hello)).Id();

        var error = (await served.Gateway.SendJsonAsync(HttpMethod.Get, $"{Path(id)}/input_items?{query}", HttpStatusCode.BadRequest))["error"]!;

        Assert.Equal(param, error["param"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_picture_is_shown_only_to_who_asks_for_it()
    {
        await using var served = await Served.ByChatAsync(Chat.Text("Hello"));
        var id = (await served.Gateway.CreateAsync(
            """{"model":"m","input":[{"role":"user","content":[{"type":"input_image","image_url":"data:image/png;base64,AAAA"}]}]}""")).Id();

        var hidden = (await ListAsync(served.Gateway, id, "")).Data[0]["content"]![0]!.AsObject();
        var shown = (await ListAsync(served.Gateway, id, "include[]=message.input_image.image_url")).Data[0]["content"]![0]!.AsObject();

        Assert.True(hidden.ContainsKey("image_url"));
        Assert.Null(hidden["image_url"]);
        Assert.Equal("data:image/png;base64,AAAA", shown["image_url"]!.GetValue<string>());
    }

    [Fact]
    public async Task Another_tenant_s_are_not_there()
    {
        await using var upstream = (await ScriptedUpstream.StartAsync()).Always(Chat.Text("Hello"));
        await using var gateway = await TestGateway.StartAsync(upstream, hooks: new KeyIsTenant());
        var id = (await gateway.CreateAsync(Served.Hello, key: "ann")).Id();

        await gateway.SendJsonAsync(HttpMethod.Get, Path(id) + "/input_items", HttpStatusCode.NotFound, "bob");
        await gateway.SendJsonAsync(HttpMethod.Get, Path(id) + "/input_items", HttpStatusCode.OK, "ann");
    }

    private static string Text(JsonObject item) => $"{item["role"]}:{item["content"]![0]!["text"]}";

    private static async Task<(List<JsonObject> Data, string? First, string? Last, bool HasMore)> ListAsync(TestGateway gateway, string id, string query)
    {
        var list = await gateway.SendJsonAsync(HttpMethod.Get, $"{Path(id)}/input_items?{query}");
        Assert.Equal("list", list["object"]!.GetValue<string>());
        return ([.. list["data"]!.AsArray().Select(item => item!.AsObject())], list["first_id"]?.GetValue<string>(), list["last_id"]?.GetValue<string>(), list["has_more"]!.GetValue<bool>());
    }
}
