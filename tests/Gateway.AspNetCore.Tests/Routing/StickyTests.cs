using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.Background;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.AspNetCore.Tests.Responses;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.Routing;

/// <summary>What belongs to one provider stays with it, whoever's turn it is.</summary>
public sealed class StickyTests
{
    private const string Ask = """{"model":"m","store":false,"include":["reasoning.encrypted_content"],"input":"Count."}""";

    [Fact]
    public async Task Encrypted_reasoning_goes_back_to_its_maker_against_every_turn()
    {
        await using var scene = await StartAsync("round-robin");
        var first = await scene.Gateway.PostJsonAsync("/v1/responses", Ask);
        var maker = scene.A.Requests.Count == 1 ? scene.A : scene.B;

        for (var i = 0; i < 4; i++)
            await scene.Gateway.PostJsonAsync("/v1/responses", Next(first));

        Assert.Equal(5, maker.Requests.Count);
        Assert.All(maker.Requests.Skip(1), request => Assert.Equal(maker == scene.A ? "gAAAA-by-a" : "gAAAA-by-b", Reasoning(request)!["encrypted_content"]!.ToString()));
    }

    [Fact]
    public async Task Where_its_maker_is_down_another_goes_on_without_it()
    {
        await using var scene = await StartAsync("priority");
        var first = await scene.Gateway.PostJsonAsync("/v1/responses", Ask);
        scene.A.Always(Errors.ServerError());

        var second = await scene.Gateway.PostJsonAsync("/v1/responses", Next(first));

        Assert.Equal("gAAAA-by-a", Reasoning(scene.A.Requests[1])!["encrypted_content"]!.ToString());
        Assert.DoesNotContain("gAAAA-by-a", scene.B.Requests.Single().Text, StringComparison.Ordinal);
        Assert.DoesNotContain("aigw1.", scene.B.Requests.Single().Text, StringComparison.Ordinal);

        // What b made now is b's, though a was to be asked first.
        await scene.Gateway.PostJsonAsync("/v1/responses", Next(second));
        Assert.Equal("gAAAA-by-b", Reasoning(scene.B.Requests[1])!["encrypted_content"]!.ToString());
        Assert.Equal(2, scene.A.Requests.Count);
    }

    [Fact]
    public async Task Headers_that_one_provider_may_have_do_not_go_to_another_in_a_background_run_either()
    {
        await using var scene = await TwoProviders.StartAsync(
            a => a with { RequestHeaders = ["X-For-A", "X-Both"] }, b => b with { RequestHeaders = ["X-For-B", "X-Both"] });
        scene.A.Always(Errors.ServerError());
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/responses") { Content = new StringContent(BackgroundCalls.Request, Encoding.UTF8, "application/json") };
        foreach (var name in new[] { "X-For-A", "X-For-B", "X-Both", "X-None" })
            request.Headers.Add(name, "v");

        using var created = await scene.Gateway.Client.SendAsync(request);
        var id = JsonNode.Parse(await created.Content.ReadAsStringAsync())!["id"]!.ToString();

        Assert.Equal("completed", (await scene.Gateway.PollAsync(id)).Status());
        Assert.Equal(["X-Both", "X-For-A"], Names(scene.A.Requests.Single()));
        Assert.Equal(["X-Both", "X-For-B"], Names(scene.B.Requests.Single()));

        static IEnumerable<string> Names(ReceivedRequest sent) => sent.Headers.Keys.Where(name => name is "X-For-A" or "X-For-B" or "X-Both" or "X-None").Order(StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_request_that_one_route_cannot_carry_goes_by_another()
    {
        await using var scene = await TwoProviders.StartAsync(a => a with { Apis = ["chat"] }, b => b with { Apis = ["responses"] });

        // A hosted tool has no place in a chat request.
        await scene.Gateway.PostJsonAsync("/v1/responses", """{"model":"m","input":"x","tools":[{"type":"web_search"}]}""");

        Assert.Equal((0, 1), (scene.A.Requests.Count, scene.B.Requests.Count));
    }

    [Fact]
    public async Task What_no_route_can_carry_is_refused_as_by_the_first()
    {
        await using var scene = await TwoProviders.StartAsync();

        var refused = await scene.Gateway.PostJsonAsync("/v1/responses", """{"model":"m","input":"x","tools":[{"type":"web_search"}]}""", HttpStatusCode.BadRequest);

        Assert.StartsWith("tools", refused["error"]!["param"]!.ToString(), StringComparison.Ordinal);
        Assert.Empty(scene.A.Requests.Concat(scene.B.Requests));
    }

    private static async Task<TwoProviders> StartAsync(string strategy)
    {
        var scene = await TwoProviders.StartAsync(a => a with { Apis = ["responses"] }, b => b with { Apis = ["responses"] }, m => m with { Strategy = strategy });
        scene.A.Always(NativeResponses.Reasoning("From a.", summary: "I count.", encrypted: "gAAAA-by-a"));
        scene.B.Always(NativeResponses.Reasoning("From b.", summary: "I count.", encrypted: "gAAAA-by-b"));
        return scene;
    }

    private static string Next(JsonObject response)
    {
        var input = new JsonArray([.. response["output"]!.AsArray().Select(item => item!.DeepClone()), new JsonObject { ["role"] = "user", ["content"] = "On." }]);
        var next = JsonNode.Parse(Ask)!.AsObject();
        next["input"] = input;
        return next.ToJsonString();
    }

    private static JsonNode? Reasoning(ReceivedRequest request) => request.Json["input"]!.AsArray().FirstOrDefault(item => item!["type"]?.ToString() == "reasoning");
}
