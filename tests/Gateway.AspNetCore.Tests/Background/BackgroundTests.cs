using System.Net;
using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.AspNetCore.Tests.Responses;
using AiGateway.Configuration;
using AiGateway.Upstream;
using static AiGateway.AspNetCore.Tests.Background.BackgroundCalls;

namespace AiGateway.AspNetCore.Tests.Background;

/// <summary>A response that runs whatever its client does (<c>spec/responses.md</c> §13), by either kind of provider.</summary>
public sealed class BackgroundTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_is_answered_at_once_as_queued_and_polled_to_its_end(bool native)
    {
        var gate = new TaskCompletionSource();
        await using var served = await ByAsync(native, Held(native, gate.Task));

        var queued = await served.Gateway.CreateAsync(Request);

        Assert.Equal("queued", queued.Status());
        Assert.True(queued["background"]!.GetValue<bool>());
        Assert.Empty(queued["output"]!.AsArray());
        Assert.Null(queued["usage"]);
        await served.Upstream.NextRequestAsync();
        Assert.Equal("in_progress", (await served.Gateway.RetrieveAsync(queued.Id())).Status());
        gate.SetResult();
        var final = await served.Gateway.PollAsync(queued.Id());
        ResponseRules.Check(final);
        Assert.Equal("completed", final.Status());
        Assert.Equal("One two three", final.OutputText());
        Assert.Equal(queued.Id(), final.Id());
        Assert.NotNull(final["usage"]);
        Assert.NotNull(final["completed_at"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Streamed_it_is_created_queued_then_runs_and_ends_in_order(bool native)
    {
        await using var served = await ByAsync(native, Text(native));

        var stream = await served.Gateway.StreamAsync(Request);

        Assert.Equal(["response.created", "response.queued", "response.in_progress"], stream.Types.Take(3));
        Assert.Equal("completed", stream.Final.Status());
        Assert.Equal("One two three", stream.Final.OutputText());
        Assert.All(stream.Of("response.output_text.delta"), delta => Assert.False(delta.ContainsKey("obfuscation")));
        Assert.True(JsonNode.DeepEquals(stream.Final, await served.Gateway.RetrieveAsync(stream.Final.Id())));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_runs_on_when_its_client_leaves(bool native)
    {
        var gate = new TaskCompletionSource();
        await using var served = await ByAsync(native, Held(native, gate.Task));

        var (response, events) = await served.Gateway.PostAsync("/v1/responses", StreamRequest).OpenAsync();
        var id = JsonNode.Parse((await events.NextAsync()).Data)!["response"]!.AsObject().Id();
        await served.Upstream.NextRequestAsync();
        response.Dispose();
        await served.Gateway.SendJsonAsync(HttpMethod.Get, "/v1/models");
        gate.SetResult();

        Assert.Equal("One two three", (await served.Gateway.PollAsync(id)).OutputText());
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_provider_s_error_is_its_end(bool native, bool streamed)
    {
        await using var served = await ByAsync(native, Errors.RateLimited(retryAfter: 2));

        var queued = streamed ? (await served.Gateway.StreamAsync(Request)).Final : await served.Gateway.CreateAsync(Request);
        var final = await served.Gateway.PollAsync(queued.Id());

        Assert.Equal("failed", final.Status());
        Assert.Equal("rate_limit_exceeded", final["error"]!["code"]!.GetValue<string>());
        Assert.Null(final["completed_at"]);
        ResponseRules.Check(final);
    }

    [Fact]
    public async Task It_must_be_stored()
    {
        await using var served = await Served.ByChatAsync();

        var error = await served.Gateway.RefusedAsync("""{"model":"m","input":"Hi","background":true,"store":false}""");

        Assert.Equal(("background", "unsupported_parameter"), (error["param"]!.GetValue<string>(), error["code"]!.GetValue<string>()));
        Assert.Empty(served.Upstream.Requests);
    }

    [Fact]
    public async Task What_is_wrong_with_it_is_told_at_once()
    {
        await using var served = await Served.ByChatAsync(options: o => o with { Models = [new() { Name = "m", Provider = "up" }] });

        await served.Gateway.RefusedAsync("""{"model":"other","input":"Hi","background":true}""", HttpStatusCode.NotFound);
        await served.Gateway.RefusedAsync("""{"model":"m","input":"Hi","background":true,"previous_response_id":"resp_none"}""");
        await served.Gateway.RefusedAsync("""{"model":"m","input":7,"background":true,"stream":true}""");

        Assert.Empty(served.Upstream.Requests);
    }

    [Fact]
    public async Task So_many_run_at_a_time_and_the_others_wait_in_order()
    {
        var gates = Enumerable.Range(0, 4).Select(_ => new TaskCompletionSource()).ToArray();
        await using var served = await Served.ByChatAsync(options: o => o with { Responses = new ResponsesOptions { MaxRunning = 2, MaxWaiting = 2 } });
        served.Upstream.Always(Script.By(request => Held(false, gates[int.Parse(request.Json["messages"]![0]!["content"]!.ToString(), System.Globalization.CultureInfo.InvariantCulture)].Task)));

        var ids = new List<string>();
        for (var i = 0; i < 4; i++)
            ids.Add((await served.Gateway.CreateAsync($$"""{"model":"m","input":"{{i}}","background":true}""")).Id());
        await served.Upstream.WaitUntilAsync(u => u.ActiveRequests == 2);
        Assert.Equal(["in_progress", "in_progress", "queued", "queued"], await StatusesAsync(served.Gateway, ids));
        var full = await served.Gateway.RefusedAsync(Request, HttpStatusCode.ServiceUnavailable);
        Assert.Equal("queue_full", full["code"]!.GetValue<string>());

        gates[1].SetResult();
        await served.Upstream.WaitUntilAsync(u => u.Requests.Count == 3);
        Assert.Equal("2", served.Upstream.Requests[2].Json["messages"]![0]!["content"]!.ToString());
        gates[0].SetResult();
        await served.Upstream.WaitUntilAsync(u => u.Requests.Count == 4);
        gates[2].SetResult();
        gates[3].SetResult();
        foreach (var id in ids)
            Assert.Equal("completed", (await served.Gateway.PollAsync(id)).Status());
    }

    private static async Task<string[]> StatusesAsync(TestGateway gateway, IEnumerable<string> ids)
    {
        var statuses = new List<string>();
        foreach (var id in ids)
            statuses.Add((await gateway.RetrieveAsync(id)).Status());
        return [.. statuses];
    }

    internal static Task<Served> ByAsync(bool native, Script script) => native ? Served.NativelyAsync(script) : Served.ByChatAsync(script);

    internal static Script Text(bool native) => native ? NativeResponses.Text("One two three") : Chat.Text("One two three");

    /// <summary>A text whose provider waits for a sign before it says anything.</summary>
    internal static Script Held(bool native, Task gate) => Text(native).WaitBeforeHeaders(gate);
}
