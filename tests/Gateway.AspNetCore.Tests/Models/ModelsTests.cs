using System.Net;
using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.BadInput;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Routing;
using AiGateway.Upstream;
using Microsoft.Extensions.Logging;

namespace AiGateway.AspNetCore.Tests.Models;

public sealed class ModelsTests
{
    private static readonly ModelOptions[] Named =
    [
        new() { Name = "chat-large", Provider = "up", RewriteTo = "theirs-large-2025", Aliases = ["large", "big/one:latest"] },
        new() { Name = "org/team/model", Provider = "up" },
    ];

    [Fact]
    public async Task The_list_has_every_name_and_alias_in_order_and_asks_no_provider()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await TestGateway.StartAsync(upstream, options: o => o with { Models = Named });

        var list = await GetAsync(gateway, "/v1/models");

        Assert.Equal("list", list["object"]!.GetValue<string>());
        Assert.Equal(["chat-large", "large", "big/one:latest", "org/team/model"], Ids(list));
        foreach (var model in list["data"]!.AsArray())
        {
            Assert.Equal(["created", "id", "object", "owned_by"], model!.AsObject().Select(p => p.Key).Order(StringComparer.Ordinal));
            Assert.Equal(("model", "up"), (model["object"]!.GetValue<string>(), model["owned_by"]!.GetValue<string>()));
            Assert.True(model["created"]!.GetValue<long>() > 1_700_000_000);
        }

        Assert.Empty(upstream.Requests);
    }

    [Theory]
    [InlineData("chat-large", "chat-large")]
    [InlineData("large", "large")]
    [InlineData("big/one:latest", "big/one:latest")]
    [InlineData("big%2Fone%3Alatest", "big/one:latest")]
    [InlineData("org/team/model", "org/team/model")]
    [InlineData("org%2fteam%2Fmodel", "org/team/model")]
    public async Task A_model_is_got_by_its_name_slashes_escaped_or_not(string path, string id)
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await TestGateway.StartAsync(upstream, options: o => o with { Models = Named });

        var model = await GetAsync(gateway, $"/v1/models/{path}");

        Assert.Equal((id, "model", "up"), (model["id"]!.GetValue<string>(), model["object"]!.GetValue<string>(), model["owned_by"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData("unknown")]
    [InlineData("CHAT-LARGE")]
    [InlineData("theirs-large-2025")]
    [InlineData("org/team")]
    public async Task An_unknown_model_is_404(string id)
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await TestGateway.StartAsync(upstream, options: o => o with { Models = Named });

        using var response = await gateway.Client.GetAsync($"/v1/models/{id}");

        var error = await ErrorBody.ReadAsync(response, HttpStatusCode.NotFound);
        Assert.Equal(("model_not_found", "model"), (error.Code, error.Param));
    }

    [Fact]
    public async Task What_a_pattern_covers_its_provider_lists()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        upstream.When(r => r.Is("/models"), Script.Json("""{"object":"list","data":[{"id":"gpt-1","created":5},{"id":"large"},{"id":"other"},{"id":""},{"x":1},7]}"""));
        await using var gateway = await TestGateway.StartAsync(upstream, options: o => o with
        {
            Models = [.. Named, new() { Name = "gpt-*", Provider = "up" }, new() { Name = "far/*", Provider = "up", RewriteTo = "*" }],
        }, time: new TestTime());

        var list = await GetAsync(gateway, "/v1/models");
        await GetAsync(gateway, "/v1/models");

        Assert.Equal(["chat-large", "large", "big/one:latest", "org/team/model", "gpt-1", "far/gpt-1", "far/large", "far/other"], Ids(list));
        Assert.Equal(5, list["data"]!.AsArray().Single(m => m!["id"]!.GetValue<string>() == "gpt-1")!["created"]!.GetValue<long>());
        Assert.Equal(("GET", "/v1/models"), (upstream.Requests.Single().Method, upstream.Requests.Single().RawTarget));
        Assert.Equal("Bearer sk-upstream-secret", upstream.Requests.Single().Header("Authorization"));
    }

    [Fact]
    public async Task A_pattern_leads_to_the_provider_by_the_rest_of_the_name()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await TestGateway.StartAsync(
            upstream, options: o => o with { Models = [new() { Name = "far/*", Provider = "up", RewriteTo = "*" }] });

        var answer = await gateway.PostJsonAsync("/v1/chat/completions", """{"model":"far/a/b:c","messages":[]}""");
        var model = await GetAsync(gateway, "/v1/models/far/a/b:c");

        Assert.Equal("a/b:c", upstream.Requests[0].Json["model"]!.GetValue<string>());
        Assert.Equal("far/a/b:c", answer["model"]!.GetValue<string>());
        Assert.Equal("far/a/b:c", model["id"]!.GetValue<string>());
    }

    public static TheoryData<string> BadLists => ["500", "html", "garbage", "[]", "{\"data\":7}", "{\"data\":[{\"id\":7}]}", "drop"];

    [Theory]
    [MemberData(nameof(BadLists))]
    public async Task A_provider_that_lists_nothing_harms_no_list(string what)
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        upstream.When(r => r.Is("/models"), what switch
        {
            "500" => Errors.ServerError(),
            "html" => Errors.Html(200),
            "drop" => Script.Drop(),
            _ => Script.Json(what),
        });
        await using var gateway = await TestGateway.StartAsync(
            upstream, options: o => o with { Models = [.. Named, new() { Name = "*", Provider = "up" }] });

        var list = await GetAsync(gateway, "/v1/models");

        Assert.Equal(["chat-large", "large", "big/one:latest", "org/team/model"], Ids(list));
        Assert.DoesNotContain(gateway.Log.Lines, line => line.Level >= LogLevel.Error);
    }

    private static async Task<JsonObject> GetAsync(TestGateway gateway, string path)
    {
        using var response = await gateway.Client.GetAsync(path);
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, body);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        return JsonNode.Parse(body)!.AsObject();
    }

    private static IEnumerable<string> Ids(JsonObject list) => list["data"]!.AsArray().Select(m => m!["id"]!.GetValue<string>());
}
