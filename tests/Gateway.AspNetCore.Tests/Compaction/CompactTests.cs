using System.Net;
using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.AspNetCore.Tests.Responses;
using AiGateway.Hooks;
using AiGateway.Protocol;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.Compaction;

public sealed class CompactTests
{
    private const string Window = """
        [{"type":"message","role":"system","content":"Be brief."},
         {"type":"message","id":"msg_mine","role":"user","content":"The code word is slate."},
         {"type":"reasoning","summary":[{"type":"summary_text","text":"A word to keep."}]},
         {"type":"function_call","call_id":"call_1","name":"note","arguments":"{\"word\":\"slate\"}"},
         {"type":"function_call_output","call_id":"call_1","output":"noted"},
         {"type":"message","role":"assistant","content":[{"type":"output_text","text":"Noted."}]},
         {"type":"message","role":"user","content":[{"type":"input_text","text":"And this?"},{"type":"input_image","image_url":"data:image/png;base64,AAAA"}]}]
        """;

    private static readonly string Request = $$"""{"model":"m","prompt_cache_key":"k","instructions":"Speak French.","input":{{Window}},"acme_unknown":[1],"stream":null}""";

    [Fact]
    public async Task A_chat_model_summarises_what_is_not_kept()
    {
        await using var served = await Served.ByChatAsync(Chat.Text("They agreed on slate."));

        var compacted = await served.Gateway.CompactAsync(Request);

        var sent = Assert.Single(served.Upstream.Requests).Json;
        Assert.Null(sent["stream"]);
        Assert.Equal("k", sent["prompt_cache_key"]!.GetValue<string>());
        var (task, told) = (sent["messages"]![0]!["content"]!.ToString(), sent["messages"]![1]!["content"]!.ToString());
        Assert.EndsWith("Speak French.", task, StringComparison.Ordinal);
        foreach (var part in (string[])["[user]\nThe code word is slate.", "A word to keep.", "note as call_1]\n{\"word\":\"slate\"}", "[result of call_1]\nnoted", "[assistant]\nNoted.", "And this?\n(image)"])
            Assert.Contains(part, told, StringComparison.Ordinal);
        Assert.DoesNotContain("Be brief.", told, StringComparison.Ordinal);
        Assert.Equal(["msg_mine"], compacted["output"]!.AsArray().Take(1).Select(item => item!["id"]!.ToString()));
        Assert.Equal(
            """[{"type":"input_text","text":"And this?"},{"type":"input_image","image_url":"data:image/png;base64,AAAA","detail":"auto"}]""",
            compacted["output"]![1]!["content"]!.ToJsonString());
        Assert.True(compacted["usage"]!["input_tokens"]!.GetValue<int>() > 0);
        Assert.Equal(
            compacted["usage"]!["total_tokens"]!.GetValue<int>(), compacted["usage"]!["input_tokens"]!.GetValue<int>() + compacted["usage"]!["output_tokens"]!.GetValue<int>());
        Assert.DoesNotContain("slate", compacted.Sealed(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_native_provider_is_asked_in_its_own_way()
    {
        await using var served = await Served.NativelyAsync(NativeResponses.Text("They agreed on slate."));

        var compacted = await served.Gateway.CompactAsync(Request);

        var request = Assert.Single(served.Upstream.Requests);
        Assert.True(request.Is("/responses"));
        Assert.False(request.Json["store"]!.GetValue<bool>());
        Assert.Contains("[result of call_1]", request.Json["input"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal(12, compacted["usage"]!["input_tokens"]!.GetValue<int>());
        Assert.Equal(4, compacted["usage"]!["input_tokens_details"]!["cached_tokens"]!.GetValue<int>());
    }

    [Fact]
    public async Task Where_nothing_is_left_out_no_model_is_asked()
    {
        await using var served = await Served.ByChatAsync();

        var compacted = await served.Gateway.CompactAsync("""{"model":"m","input":"Hello"}""");

        Assert.Empty(served.Upstream.Requests);
        Assert.Equal("""[{"type":"input_text","text":"Hello"}]""", compacted["output"]![0]!["content"]!.ToJsonString());
        Assert.Equal(0, compacted["usage"]!["total_tokens"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("""{"input":"x"}""", "missing_required_parameter", "model")]
    [InlineData("""{"model":null,"input":"x"}""", "missing_required_parameter", "model")]
    [InlineData("""{"model":"m"}""", "missing_required_parameter", "input")]
    [InlineData("""{"model":"m","input":7}""", "invalid_type", "input")]
    [InlineData("""{"model":"m","input":[{"type":"message","role":"user"}]}""", "missing_required_parameter", "input[0].content")]
    [InlineData("""{"model":"m","input":"x","prompt_cache_key":"12345678901234567890123456789012345678901234567890123456789012345"}""", "string_above_max_length", "prompt_cache_key")]
    [InlineData("""{"model":"m","input":"x","previous_response_id":"resp_none"}""", "previous_response_not_found", "previous_response_id")]
    [InlineData("""{"model":"m","input":[{"type":"function_call_output","call_id":"c","output":"x"}]}""", null, "input")]
    [InlineData("""{"model":"m","input":[{"type":"compaction","encrypted_content":"aigw1.AAAA"}]}""", "invalid_encrypted_content", "input[0].encrypted_content")]
    public async Task What_is_wrong_is_named(string request, string? code, string param)
    {
        await using var served = await Served.ByChatAsync();

        var error = await served.Gateway.CompactRefusedAsync(request);

        Assert.Equal((code, param), (error["code"]?.ToString(), error["param"]?.ToString()));
        Assert.Empty(served.Upstream.Requests);
    }

    [Fact]
    public async Task A_providers_error_is_passed_on()
    {
        await using var served = await Served.ByChatAsync(Errors.RateLimited(retryAfter: 7));

        using var response = await served.Gateway.PostAsync("/v1/responses/compact", Request);

        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.Equal("7", response.Headers.GetValues("Retry-After").Single());
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public async Task A_model_that_says_nothing_has_failed(string nothing)
    {
        await using var served = await Served.ByChatAsync(Chat.Text(nothing));

        Assert.Equal("provider_invalid_response", (await served.Gateway.CompactRefusedAsync(Request, HttpStatusCode.BadGateway))["code"]!.ToString());
    }

    [Fact]
    public async Task It_cannot_be_continued_as_a_response()
    {
        await using var served = await Served.ByChatAsync();
        var compacted = await served.Gateway.CompactAsync(Request);

        var error = await served.Gateway.RefusedAsync($$"""{"model":"m","input":"x","previous_response_id":"{{compacted.Id()}}"}""");

        Assert.Equal("previous_response_not_found", error["code"]!.ToString());
    }

    [Fact]
    public async Task Other_methods_are_told_so()
    {
        await using var served = await Served.ByChatAsync();

        using var response = await served.Gateway.Client.GetAsync("/v1/responses/compact");

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }

    [Fact]
    public async Task Hooks_see_the_request_as_what_it_is_and_the_answer()
    {
        var hook = new Watching();
        await using var served = await Served.ByChatAsync(null, null, hook);

        var compacted = await served.Gateway.PostJsonAsync("/v1/responses/compact", """{"model":"other","input":"Hello"}""");

        Assert.Equal("other", hook.Asked);
        Assert.Equal("hooked", compacted["acme_note"]!.ToString());
        Assert.Equal("changed", compacted["output"]![0]!["content"]![0]!["text"]!.ToString());
    }

    private sealed class Watching : IRequestHook, IResponseHook
    {
        public string? Asked { get; private set; }

        public ValueTask OnRequestAsync(GatewayCall call, CancellationToken cancellationToken)
        {
            var request = Assert.IsType<CompactRequest>(call.Request);
            Asked = request.Model;
            request.Input = "changed";
            return default;
        }

        public ValueTask OnResponseAsync(GatewayCall call, CallResult result, CancellationToken cancellationToken)
        {
            result.Body!["acme_note"] = JsonValue.Create("hooked");
            return default;
        }
    }
}
