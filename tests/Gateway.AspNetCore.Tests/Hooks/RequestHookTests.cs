using System.Net;
using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.BadInput;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Hooks;
using AiGateway.Protocol;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.Hooks;

public sealed class RequestHookTests
{
    [Theory]
    [MemberData(nameof(Call.All), MemberType = typeof(Call))]
    public async Task What_a_hook_changes_is_what_the_provider_receives(string name)
    {
        var recorder = new Recorder
        {
            Request = call =>
            {
                switch (call.Request)
                {
                    case ChatRequest chat:
                        chat.Temperature = 0.25;
                        chat.Messages.Insert(0, new JsonObject { ["role"] = "system", ["content"] = "From the hook." });
                        break;
                    case ResponsesRequest response:
                        response.Temperature = 0.25;
                        response.Instructions = "From the hook.";
                        break;
                    case EmbeddingsRequest embeddings:
                        embeddings.Input = new JsonArray("From the hook.");
                        break;
                    case ImagesRequest images:
                        images.Prompt = "From the hook.";
                        break;
                }
            },
        };
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await Call.Of(name).StartAsync(upstream, hooks: recorder);

        using var response = await Call.Of(name).SendAsync(gateway);
        await response.Content.ReadAsStringAsync();

        var received = upstream.Requests.Single();
        Assert.EndsWith(Call.Of(name).UpstreamPath, received.RawPath, StringComparison.Ordinal);
        Assert.Contains("From the hook.", received.Text, StringComparison.Ordinal);
        if (received.Json["temperature"] is { } temperature)
            Assert.Equal(0.25, temperature.GetValue<double>());
        else
            Assert.DoesNotContain(name, new[] { "chat", "chat stream", "responses", "responses stream", "native responses", "native responses stream" });
    }

    [Theory]
    [MemberData(nameof(Call.All), MemberType = typeof(Call))]
    public async Task A_hook_may_send_the_call_to_another_model_and_the_client_hears_its_own_name(string name)
    {
        var recorder = new Recorder { Request = call => call.Request.Model = "other" };
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await Call.Of(name).StartAsync(
            upstream, options: o => o with { Models = [new() { Name = "other", Provider = "up", RewriteTo = "theirs-2025" }] }, hooks: recorder);

        using var response = await Call.Of(name).SendAsync(gateway);
        var body = await response.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("theirs-2025", upstream.Requests.Single().Json["model"]!.GetValue<string>());
        Assert.DoesNotContain("theirs-2025", body, StringComparison.Ordinal);
        if (!Call.Of(name).Path.Contains("images", StringComparison.Ordinal))
            Assert.Contains("\"model\":\"m\"", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("chat")]
    [InlineData("chat stream")]
    [InlineData("responses")]
    [InlineData("responses stream")]
    [InlineData("native responses")]
    [InlineData("native responses stream")]
    public async Task A_hook_may_answer_with_a_text_in_the_providers_place(string name)
    {
        var call = Call.Of(name);
        var recorder = new Recorder { Request = c => c.Answer = new HookAnswer.Text("Said by the hook.") };
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await call.StartAsync(upstream, hooks: recorder);

        using var response = await call.SendAsync(gateway);

        Assert.Equal("Said by the hook.", await TextOfAsync(call, response));
        Assert.Empty(upstream.Requests);
        await recorder.Ended.Task.WaitAsync(Waits.Deadline);
    }

    [Theory]
    [MemberData(nameof(Call.Whole), MemberType = typeof(Call))]
    public async Task A_hook_may_answer_with_JSON(string name)
    {
        var recorder = new Recorder { Request = c => c.Answer = new HookAnswer.Json(new JsonObject { ["cached"] = true }, 203) };
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await Call.Of(name).StartAsync(upstream, hooks: recorder);

        var body = await gateway.PostJsonAsync(Call.Of(name).Path, Call.Of(name).Body, HttpStatusCode.NonAuthoritativeInformation);

        Assert.Equal("""{"cached":true}""", body.ToJsonString());
        Assert.Empty(upstream.Requests);
    }

    [Theory]
    [MemberData(nameof(Call.All), MemberType = typeof(Call))]
    public async Task A_hook_may_answer_with_an_error(string name)
    {
        var recorder = new Recorder { Request = c => c.Answer = new HookAnswer.Error(new GatewayError(451, "policy_error", "blocked", "Not here.", "input")) };
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await Call.Of(name).StartAsync(upstream, hooks: recorder);

        using var response = await Call.Of(name).SendAsync(gateway);

        Assert.Equal(new ErrorBody("policy_error", "blocked", "Not here.", "input"), await ErrorBody.ReadAsync(response, (HttpStatusCode)451));
        Assert.Equal("blocked", recorder.Errors.Single().Error.Code);
        Assert.Empty(upstream.Requests);
    }

    [Theory]
    [InlineData("embeddings", false)]
    [InlineData("images", false)]
    [InlineData("images stream", true)]
    [InlineData("chat stream", true)]
    public async Task An_answer_that_does_not_fit_the_call_is_a_500_that_says_nothing(string name, bool json)
    {
        var recorder = new Recorder { Request = c => c.Answer = json ? new HookAnswer.Json(new JsonObject()) : new HookAnswer.Text("text") };
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await Call.Of(name).StartAsync(upstream, hooks: recorder);

        using var response = await Call.Of(name).SendAsync(gateway);

        Assert.Equal("internal_error", (await ErrorBody.ReadAsync(response, HttpStatusCode.InternalServerError)).Code);
        Assert.IsType<InvalidOperationException>(recorder.Errors.Single().Exception);
    }

    [Fact]
    public async Task Hooks_run_in_the_order_of_registration_until_one_answers()
    {
        var order = new List<string>();
        Recorder Step(string name, bool answers = false) => new()
        {
            Request = call =>
            {
                order.Add(name);
                call.Request.Body["trace"] = $"{call.Request.Body["trace"]}{name}";
                if (answers)
                    call.Answer = new HookAnswer.Text(call.Request.Body["trace"]!.GetValue<string>());
            },
        };
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await TestGateway.StartAsync(upstream, hooks: [Step("a"), Step("b"), Step("c", answers: true), Step("d")]);

        using var response = await Call.Of("chat").SendAsync(gateway);

        Assert.Equal("abc", await TextOfAsync(Call.Of("chat"), response));
        Assert.Equal(["a", "b", "c"], order);
    }

    [Theory]
    [MemberData(nameof(Call.All), MemberType = typeof(Call))]
    public async Task A_hook_that_takes_out_what_the_API_demands_is_told_so(string name)
    {
        var recorder = new Recorder { Request = call => call.Request.Body.Remove("model") };
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await Call.Of(name).StartAsync(upstream, hooks: recorder);

        using var response = await Call.Of(name).SendAsync(gateway);

        Assert.Equal("model", (await ErrorBody.ReadAsync(response, HttpStatusCode.BadRequest)).Param);
    }

    [Theory]
    [MemberData(nameof(Call.All), MemberType = typeof(Call))]
    public async Task A_hook_cannot_change_whether_the_client_gets_a_stream(string name)
    {
        var call = Call.Of(name);
        var recorder = new Recorder { Request = c => c.Request.Body["stream"] = !call.IsStream };
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await call.StartAsync(upstream, hooks: recorder);

        using var response = await call.SendAsync(gateway);

        Assert.Equal(call.IsStream ? "text/event-stream" : "application/json", response.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData("chat")]
    [InlineData("embeddings")]
    [InlineData("images")]
    public async Task A_hook_that_only_looks_changes_nothing_of_meaning(string name)
    {
        var call = Call.Of(name);
        var body = call.Body[..^1] + ""","odd":{"a":[1,2.50,1e3,"é😀",null,true]},"user":"u"}""";
        var recorder = new Recorder { Request = c => _ = c.Request.Body.Count };
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await call.StartAsync(upstream, hooks: recorder);

        await gateway.PostJsonAsync(call.Path, body);

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(body), upstream.Requests.Single().Json), upstream.Requests.Single().Text);
        Assert.Contains("2.50", upstream.Requests.Single().Text, StringComparison.Ordinal);
    }

    private static async Task<string> TextOfAsync(Call call, HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        if (!call.IsStream)
        {
            var json = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
            Assert.Equal("m", json["model"]!.GetValue<string>());
            return (call.IsChat ? json["choices"]![0]!["message"]!["content"] : json["output"]![0]!["content"]![0]!["text"])!.GetValue<string>();
        }

        var events = (await response.ReadEventsAsync()).JsonBeforeDone();
        return string.Concat(call.IsChat
            ? events.Select(e => e["choices"]?.AsArray().FirstOrDefault()?["delta"]?["content"]?.GetValue<string>())
            : events.Where(e => e["type"]!.GetValue<string>() == "response.output_text.delta").Select(e => e["delta"]!.GetValue<string>()));
    }
}
