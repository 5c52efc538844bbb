using System.Net;
using AiGateway.AspNetCore.Tests.BadInput;
using AiGateway.AspNetCore.Tests.BadProviders;
using AiGateway.AspNetCore.Tests.ChatCompletions;
using AiGateway.AspNetCore.Tests.Clients;
using AiGateway.AspNetCore.Tests.Embeddings;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.AspNetCore.Tests.Hooks;
using AiGateway.AspNetCore.Tests.Models;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.Reference;

/// <summary>
/// What else the reference product gets wrong, the right way round. Left to the issues that bring them: cache, limits, quota, retry, metrics and
/// balancing, which it has as code that nothing calls; and retrieval, deletion and cancellation of stored responses.
/// </summary>
public sealed class GatewayBugs
{
    [Fact]
    public Task Chat_content_may_be_parts_and_no_request_field_is_lost() => new ChatRequestTests().Every_known_option_passes();

    [Fact]
    public Task Chat_answers_keep_tool_calls_refusals_logprobs_and_fingerprint() => new ChatAnswerTests().Several_choices_tool_calls_and_logprobs_come_through();

    [Fact]
    public Task Chat_streams_keep_tool_calls() => new ChatStreamTests().Tool_calls_of_every_style_come_through_as_they_are();

    [Theory]
    [InlineData("chat")]
    [InlineData("responses stream")]
    public Task A_request_hooks_change_is_sent(string name) => new RequestHookTests().What_a_hook_changes_is_what_the_provider_receives(name);

    [Theory]
    [InlineData("chat stream")]
    [InlineData("responses stream")]
    public Task Hooks_run_before_and_after_streams_too(string name) => new AnswerHookTests().One_class_of_every_kind_runs_at_each_step(name);

    [Theory]
    [InlineData("embeddings")]
    [InlineData("images")]
    public Task Embeddings_and_images_do_not_skip_authentication(string name) => new AuthenticationHookTests().A_wrong_key_and_no_key_are_401_and_go_no_further(name);

    [Fact]
    public Task Models_do_not_skip_authentication() => new AuthenticationHookTests().Models_are_not_for_strangers_either("/v1/models");

    [Fact]
    public Task A_failed_authentication_is_401_and_not_400() => new AuthenticationHookTests().A_wrong_key_and_no_key_are_401_and_go_no_further("chat");

    [Theory]
    [InlineData("chat")]
    [InlineData("responses stream")]
    public Task A_providers_error_keeps_its_status_and_code(string name) => new ErrorStatusTests().Status_type_code_message_and_parameter_are_kept(name);

    [Theory]
    [InlineData("chat")]
    [InlineData("responses stream")]
    public Task A_providers_error_keeps_its_Retry_After(string name) => new ErrorStatusTests().A_rate_limit_keeps_what_tells_the_client_when_to_come_back(name);

    [Fact]
    public Task An_error_on_a_stream_is_an_event() => new BrokenStreamTests().A_reported_error("chat stream");

    [Fact]
    public Task The_preferred_API_is_used() => new RoutingTests().The_preferred_API_is_the_one_called("chat", "/v1/chat/completions", "/v1/chat/completions");

    [Fact]
    public Task Every_answer_has_a_request_id() => new BadTargetTests().Every_good_answer_has_a_request_id_of_its_own("chat");

    [Fact]
    public async Task As_many_connections_as_there_are_calls()
    {
        const int Calls = 64;
        var gate = new TaskCompletionSource();
        await using var upstream = await ScriptedUpstream.StartAsync();
        upstream.Always(Chat.Text("Hi").WaitBeforeHeaders(gate.Task));
        await using var gateway = await TestGateway.StartAsync(upstream);

        var answers = Enumerable.Range(0, Calls).Select(_ => gateway.PostJsonAsync("/v1/chat/completions", Call.Of("chat").Body)).ToList();
        await upstream.WaitUntilAsync(u => u.ActiveRequests == Calls);
        gate.SetResult();

        Assert.All(await Task.WhenAll(answers), a => Assert.Equal("m", a["model"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData("chat stream")]
    [InlineData("responses stream")]
    public async Task No_total_timeout_cuts_a_stream_that_goes_on(string name)
    {
        // Many times as long as any limit, and each pause almost one.
        var time = new TestTime();
        var limit = TimeSpan.FromSeconds(10);
        var gates = Enumerable.Range(0, 20).Select(_ => new TaskCompletionSource()).ToArray();
        await Scene.RunAsync(
            name,
            _ => gates.Select((gate, i) => (gate, i)).Aggregate(Script.Sse(), (s, piece) => s
                .Wait(piece.gate.Task)
                .SendEvent($$$"""{"id":"c","model":"m","choices":[{"index":0,"delta":{"content":"piece-{{{piece.i}}}."},"finish_reason":{{{(piece.i == 19 ? "\"stop\"" : "null")}}}}]}""")).SendDone(),
            async scene =>
            {
                var asked = scene.Call.SendAsync(scene.Gateway);
                await scene.Upstream.NextRequestAsync();
                WireReader? reader = null;
                for (var i = 0; i < gates.Length; i++)
                {
                    time.Advance(limit * 0.9);
                    gates[i].SetResult();
                    reader ??= new WireReader(await asked);
                    await reader.ReadUntilAsync($"piece-{i}.");
                }

                Assert.Equal(HttpStatusCode.OK, (await asked).StatusCode);
                var text = await reader!.ReadToEndAsync();
                Assert.EndsWith("data: [DONE]\n\n", text, StringComparison.Ordinal);
                Assert.DoesNotContain("\"error\":{", text, StringComparison.Ordinal);
            },
            p => p with { FirstByteTimeout = limit, IdleTimeout = limit },
            time: time);
    }

    [Theory]
    [InlineData("chat stream")]
    [InlineData("responses stream")]
    public Task Abandoned_streams_leave_nothing(string name) => new LeavingClientTests().In_crowds(name);

    [Theory]
    [MemberData(nameof(Call.All), MemberType = typeof(Call))]
    public async Task What_is_said_is_not_logged(string name)
    {
        var call = Call.Of(name);
        await using var upstream = await ScriptedUpstream.StartAsync();
        upstream.When(r => r.Text.Contains("fail", StringComparison.Ordinal), Errors.ServerError());
        await using var gateway = await call.StartAsync(upstream);

        foreach (var said in new[] { "sesame-open", "sesame-fail" })
        {
            using var response = await gateway.PostAsync(call.Path, call.Body.Replace("\"Hi\"", $"\"{said}\"", StringComparison.Ordinal));
            await response.Content.ReadAsStringAsync();
        }

        Assert.Equal(2, upstream.Requests.Count(r => r.Text.Contains("sesame", StringComparison.Ordinal)));
        Assert.DoesNotContain("sesame", gateway.Log.All, StringComparison.Ordinal);
    }

    [Fact]
    public Task There_is_a_limit_on_bodies() => new BadBodyTests().A_body_over_the_limit_is_413_by_its_length_or_by_its_chunks("chat");

    [Fact]
    public Task Base_paths_are_compared_by_segments() => new RoutingTests().A_base_URL_is_joined_by_whole_segments("/v1beta", "/v1beta/v1/chat/completions");

    [Fact]
    public Task A_trailing_slash_does_not_double() => new RoutingTests().A_base_URL_is_joined_by_whole_segments("/v1/", "/v1/chat/completions");

    [Fact]
    public Task Base64_embeddings_are_base64() => new EmbeddingsTests().The_asked_form_comes_back_whichever_form_the_provider_knows(",\"encoding_format\":\"base64\"");

    [Fact]
    public Task An_unknown_path_is_404_with_an_error_body() => new BadTargetTests().An_unknown_path_is_404_unknown_url("GET", "/v1/nothing");
}
