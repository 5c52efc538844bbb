using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.AspNetCore.Tests.Responses;
using AiGateway.Configuration;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.Compaction;

public sealed class InputTokensTests
{
    private const string Path = "/v1/responses/input_tokens";

    public static TheoryData<string> DemoRequests =>
    [
        """{"model":"demo","input":"Hello there, how are you?"}""",
        """{"model":"demo","instructions":"Be brief.","input":[{"role":"user","content":"One"},{"role":"assistant","content":"Two"},{"role":"user","content":[{"type":"input_text","text":"Three"},{"type":"input_image","image_url":"data:image/png;base64,AAAA"}]}]}""",
        """{"model":"demo","input":[{"role":"user","content":"Weather?"},{"type":"function_call","call_id":"c","name":"f","arguments":"{\"x\":1}"},{"type":"function_call_output","call_id":"c","output":"sunny"}],"tools":[{"type":"function","name":"f","parameters":{"type":"object","properties":{"x":{"type":"integer"}}}}]}""",
    ];

    [Theory]
    [MemberData(nameof(DemoRequests))]
    public async Task The_demo_counts_what_it_then_uses(string request)
    {
        await using var gateway = await TestGateway.StartAsync(new GatewayOptions());

        var used = (await gateway.CreateAsync(request))["usage"]!["input_tokens"]!.GetValue<long>();

        Assert.Equal(used, await CountAsync(gateway, request));
    }

    [Fact]
    public async Task A_native_provider_is_asked_and_told_only_what_counts()
    {
        await using var served = await Served.NativelyAsync(Script.Json(new JsonObject { ["object"] = "response.input_tokens", ["input_tokens"] = 4711 }));

        Assert.Equal(4711, await CountAsync(served.Gateway, """{"model":"m","input":"Hello","instructions":"Be kind.","store":true,"stream":true,"metadata":{"a":"b"},"acme":1}"""));

        var request = Assert.Single(served.Upstream.Requests);
        Assert.Equal("/v1/responses/input_tokens", request.RawPath);
        Assert.Equal(["model", "instructions", "input"], request.Json.AsObject().Select(member => member.Key));
    }

    public static TheoryData<string, Script> NoCounts => new()
    {
        { "404", Errors.Html(404) },
        { "500", Errors.ServerError(500) },
        { "429", Errors.RateLimited(retryAfter: 1) },
        { "no count", Script.Json(new JsonObject { ["input_tokens"] = "many" }) },
        { "no JSON", Script.Bytes("<html>"u8.ToArray(), "text/html") },
        { "nothing", Script.Drop() },
    };

    [Theory]
    [MemberData(nameof(NoCounts))]
    public async Task A_provider_that_does_not_count_leaves_it_to_the_estimate(string what, Script script)
    {
        await using var served = await Served.NativelyAsync(script);

        Assert.True(await CountAsync(served.Gateway, Served.Hello) == 9, what);
        Assert.Single(served.Upstream.Requests);
    }

    [Fact]
    public async Task For_a_chat_provider_it_is_an_estimate_that_nobody_is_asked_for()
    {
        await using var served = await Served.ByChatAsync();

        Assert.Equal(9, await CountAsync(served.Gateway, Served.Hello));
        Assert.True(await CountAsync(served.Gateway, """{"model":"m","input":"Hello","tools":[{"type":"function","name":"f"}]}""") > 9);
        Assert.Empty(served.Upstream.Requests);
    }

    [Theory]
    [InlineData("""{"input":"x"}""", "missing_required_parameter", "model")]
    [InlineData("""{"model":"m","input":[{"type":"nothing"}]}""", "invalid_value", "input[0].type")]
    [InlineData("""{"model":"m","input":"x","previous_response_id":"resp_none"}""", "previous_response_not_found", "previous_response_id")]
    public async Task What_is_wrong_is_named(string request, string code, string param)
    {
        await using var served = await Served.ByChatAsync();

        var error = (await served.Gateway.PostJsonAsync(Path, request, System.Net.HttpStatusCode.BadRequest))["error"]!;

        Assert.Equal((code, param), (error["code"]!.ToString(), error["param"]!.ToString()));
    }

    [Fact]
    public async Task An_unknown_model_is_not_found()
    {
        await using var gateway = await TestGateway.StartAsync(new GatewayOptions());

        var error = await gateway.PostJsonAsync(Path, """{"model":"nobody","input":"x"}""", System.Net.HttpStatusCode.NotFound);

        Assert.Equal("model_not_found", error["error"]!["code"]!.ToString());
    }

    private static async Task<long> CountAsync(TestGateway gateway, string request)
    {
        var counted = await gateway.PostJsonAsync(Path, request);
        Assert.Equal(["object", "input_tokens"], counted.Select(member => member.Key));
        Assert.Equal("response.input_tokens", counted["object"]!.ToString());
        return counted["input_tokens"]!.GetValue<long>();
    }
}
