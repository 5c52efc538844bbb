using System.Diagnostics;
using System.Text;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Configuration;
using AiGateway.Hooks;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.Telemetry;

/// <summary>Prompts and answers are on a call's trace where that was asked for, and else nowhere.</summary>
public sealed class ContentTests
{
    private const string ChatRequest = """{"model":"m","messages":[{"role":"system","content":"Obey-7."},{"role":"user","content":[{"type":"text","text":"Prompt-7"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}]}""";
    private const string ResponseRequest = """{"model":"m","instructions":"Obey-7.","input":"Prompt-7","store":false}""";
    private const string Asked = """[{"role":"system","parts":[{"type":"text","content":"Obey-7."}]},{"role":"user","parts":[{"type":"text","content":"Prompt-7"},{"type":"image_url"}]}]""";
    private const string AskedOfResponse = """[{"role":"user","parts":[{"type":"text","content":"Prompt-7"}]}]""";
    private const string Answered = """[{"role":"assistant","parts":[{"type":"text","content":"Answer-7 and on."}],"finish_reason":"stop"}]""";

    [Theory]
    [InlineData("/v1/chat/completions", ChatRequest, false, false)]
    [InlineData("/v1/chat/completions", ChatRequest, true, false)]
    [InlineData("/v1/responses", ResponseRequest, false, false)]
    [InlineData("/v1/responses", ResponseRequest, true, false)]
    [InlineData("/v1/responses", ResponseRequest, false, true)]
    [InlineData("/v1/responses", ResponseRequest, true, true)]
    public async Task It_is_on_the_trace_where_it_is_asked_for(string path, string body, bool stream, bool native)
    {
        using var trace = new WatchedTrace();
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream, capture: true, native);

        await SendAsync(gateway, path, body, stream, trace);
        await trace.EndedAsync(2);

        var call = trace.Ended.Single(a => a.Kind != ActivityKind.Client);
        var isChat = path.EndsWith("completions", StringComparison.Ordinal);
        Assert.Equal(isChat ? Asked : AskedOfResponse, call.GetTagItem("gen_ai.input.messages"));
        Assert.Equal(Answered, call.GetTagItem("gen_ai.output.messages"));
        Assert.Equal(isChat ? null : """[{"type":"text","content":"Obey-7."}]""", call.GetTagItem("gen_ai.system_instructions"));
        NowhereElse(trace, gateway, call);
    }

    [Theory]
    [InlineData("/v1/chat/completions", ChatRequest, false, false)]
    [InlineData("/v1/chat/completions", ChatRequest, true, false)]
    [InlineData("/v1/responses", ResponseRequest, true, false)]
    [InlineData("/v1/responses", ResponseRequest, false, true)]
    [InlineData("/v1/embeddings", """{"model":"m","input":"Prompt-7"}""", false, false)]
    public async Task Unless_it_is_asked_for_it_is_nowhere(string path, string body, bool stream, bool native)
    {
        using var trace = new WatchedTrace();
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream, capture: false, native);

        await SendAsync(gateway, path, body, stream, trace);
        await trace.EndedAsync(2);

        foreach (var name in (string[])["gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.system_instructions"])
            Assert.All(trace.Ended, a => Assert.Null(a.GetTagItem(name)));
        NowhereElse(trace, gateway, null);
    }

    [Fact]
    public async Task Tools_are_there_as_the_conventions_have_them()
    {
        using var trace = new WatchedTrace();
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream, capture: true, native: false);
        upstream.Always(Script.Json("""
            {"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"finish_reason":"tool_calls","message":{"role":"assistant","content":null,
            "tool_calls":[{"id":"call_2","type":"function","function":{"name":"add","arguments":"{\"a\":1}"}},{"id":"call_3","type":"function","function":{"name":"add","arguments":"{\"a\":"}}]}}]}
            """));

        await SendAsync(gateway, "/v1/chat/completions", """
            {"model":"m","messages":[{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"add","arguments":"{}"}}]},
            {"role":"tool","tool_call_id":"call_1","content":"42"},7,{"role":"user","content":{"odd":true}}]}
            """, stream: false, trace);
        await trace.EndedAsync(2);

        var call = trace.Ended.Single(a => a.Kind != ActivityKind.Client);
        Assert.Equal(
            """[{"role":"assistant","parts":[{"type":"tool_call","id":"call_1","name":"add","arguments":{}}]},{"role":"tool","parts":[{"type":"tool_call_response","id":"call_1","response":"42"}]},{"role":"user","parts":[]}]""",
            call.GetTagItem("gen_ai.input.messages"));
        Assert.Equal(
            """[{"role":"assistant","parts":[{"type":"tool_call","id":"call_2","name":"add","arguments":{"a":1}},{"type":"tool_call","id":"call_3","name":"add","arguments":"{\"a\":"}],"finish_reason":"tool_call"}]""",
            call.GetTagItem("gen_ai.output.messages"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_hook_takes_out_is_not_there(bool stream)
    {
        using var trace = new WatchedTrace();
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await StartAsync(upstream, capture: true, native: false, new Censor());

        await SendAsync(gateway, "/v1/chat/completions", ChatRequest, stream, trace);
        await trace.EndedAsync(2);

        var output = (string)trace.Ended.Single(a => a.Kind != ActivityKind.Client).GetTagItem("gen_ai.output.messages")!;
        Assert.Contains("and on.", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Answer-7", output, StringComparison.Ordinal);
    }

    private static void NowhereElse(WatchedTrace trace, TestGateway gateway, Activity? call)
    {
        var seen = new StringBuilder();
        foreach (var activity in trace.Ended)
        {
            seen.Append(activity.DisplayName).Append(activity.StatusDescription);
            foreach (var (name, value) in activity.TagObjects.Where(tag => activity != call || !(tag.Key.EndsWith(".messages", StringComparison.Ordinal) || tag.Key.EndsWith("_instructions", StringComparison.Ordinal))))
                seen.Append(name).Append('=').Append(value).Append('\n');
            foreach (var told in activity.Events)
                seen.Append(told.Name).AppendJoin(',', told.Tags.Select(tag => tag.Value));
        }

        seen.Append(gateway.Log.All);
        foreach (var word in (string[])["Prompt-7", "Answer-7", "Obey-7"])
            Assert.DoesNotContain(word, seen.ToString(), StringComparison.Ordinal);
    }

    private static Task<TestGateway> StartAsync(ScriptedUpstream upstream, bool capture, bool native, params IGatewayHook[] hooks)
    {
        upstream.Always(native ? NativeResponses.Text("Answer-7 and on.") : Chat.Text("Answer-7 and on."));
        return TestGateway.StartAsync(
            upstream,
            native ? p => p with { Apis = ["responses"] } : null,
            options => options with { Telemetry = new TelemetryOptions { CaptureContent = capture, AccessLog = true } },
            null,
            hooks);
    }

    private static async Task SendAsync(TestGateway gateway, string path, string body, bool stream, WatchedTrace trace)
    {
        if (stream)
            body = body.Replace("{\"model\":\"m\",", "{\"model\":\"m\",\"stream\":true,", StringComparison.Ordinal);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("traceparent", trace.Id);
        using var answer = await gateway.Client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
    }

    private sealed class Censor : IResponseHook, IStreamHook
    {
        public ValueTask OnResponseAsync(GatewayCall call, CallResult result, CancellationToken cancellationToken)
        {
            result.Body!["choices"]![0]!["message"]!["content"] = "and on.";
            return default;
        }

        public ValueTask OnStreamEventAsync(GatewayCall call, StreamEvent streamEvent, CancellationToken cancellationToken)
        {
            streamEvent.EditText(text => text.Replace("Answer-7", "", StringComparison.Ordinal));
            return default;
        }
    }
}
