using System.Net;
using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.AspNetCore.Tests.Responses;
using AiGateway.Configuration;
using AiGateway.Upstream;
using static AiGateway.AspNetCore.Tests.Background.BackgroundCalls;

namespace AiGateway.AspNetCore.Tests.Background;

/// <summary>A cancel ends a background response at any moment: its provider is let go of, its readers hear of it.</summary>
public sealed class CancelTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task While_it_streams(bool native)
    {
        await using var served = await BackgroundTests.ByAsync(native, BackgroundTests.Text(native).Take(native ? 6 : 3).Hang());
        var (response, events) = await served.Gateway.PostAsync("/v1/responses", StreamRequest).OpenAsync();
        using var _ = response;
        var id = JsonNode.Parse((await events.NextAsync()).Data)!["response"]!.AsObject().Id();
        while (!(await events.NextAsync()).EventType.Contains("output_text.delta", StringComparison.Ordinal))
        {
        }

        var cancelled = await served.Gateway.CancelAsync(id);

        Assert.Equal("cancelled", cancelled.Status());
        ResponseRules.Check(cancelled);
        Assert.Empty(cancelled["output"]!.AsArray());
        Assert.Null(cancelled["usage"]);
        Assert.Null(cancelled["completed_at"]);
        await (await served.Upstream.NextRequestAsync()).Aborted.WaitAsync(TimeSpan.FromSeconds(30));
        var rest = await events.RestAsync();
        Assert.Equal(["response.failed", "message"], rest.TakeLast(2).Select(e => e.EventType));
        Assert.True(JsonNode.DeepEquals(cancelled, JsonNode.Parse(rest[^2].Data)!["response"]));
        var whole = ResponseStreamChecker.Check(await served.Gateway.GetStreamAsync(Path(id) + "?stream=true"));
        Assert.Equal("cancelled", whole.Final.Status());
        Assert.True(JsonNode.DeepEquals(cancelled, await served.Gateway.RetrieveAsync(id)));
        Assert.True(JsonNode.DeepEquals(cancelled, await served.Gateway.CancelAsync(id)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Before_its_provider_answers(bool streamed)
    {
        await using var served = await Served.ByChatAsync(Script.Silent());
        var id = streamed
            ? JsonNode.Parse((await (await served.Gateway.PostAsync("/v1/responses", StreamRequest).OpenAsync()).Events.NextAsync()).Data)!["response"]!.AsObject().Id()
            : (await served.Gateway.CreateAsync(Request)).Id();
        var request = await served.Upstream.NextRequestAsync();

        Assert.Equal("cancelled", (await served.Gateway.CancelAsync(id)).Status());

        await request.Aborted.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal("cancelled", (await served.Gateway.RetrieveAsync(id)).Status());
    }

    [Fact]
    public async Task While_it_waits_so_that_it_never_runs()
    {
        var gate = new TaskCompletionSource();
        await using var served = await Served.ByChatAsync(
            BackgroundTests.Held(false, gate.Task), options: o => o with { Responses = new ResponsesOptions { MaxRunning = 1 } });
        var first = (await served.Gateway.CreateAsync(Request)).Id();
        var (response, events) = await served.Gateway.PostAsync("/v1/responses", StreamRequest).OpenAsync();
        using var _ = response;
        var second = JsonNode.Parse((await events.NextAsync()).Data)!["response"]!.AsObject().Id();

        Assert.Equal("cancelled", (await served.Gateway.CancelAsync(second)).Status());
        Assert.Equal(["response.queued", "response.failed", "message"], (await events.RestAsync()).Select(e => e.EventType));
        gate.SetResult();
        await served.Gateway.PollAsync(first);
        var third = (await served.Gateway.CreateAsync(Request)).Id();
        await served.Gateway.PollAsync(third);

        Assert.Equal(2, served.Upstream.Requests.Count);
        Assert.Equal("cancelled", (await served.Gateway.RetrieveAsync(second)).Status());
    }

    [Fact]
    public async Task Many_at_once_are_one()
    {
        await using var served = await Served.ByChatAsync(Script.Silent());
        var id = (await served.Gateway.CreateAsync(Request)).Id();
        await served.Upstream.NextRequestAsync();

        var all = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => served.Gateway.CancelAsync(id)));

        Assert.All(all, one => Assert.True(JsonNode.DeepEquals(all[0], one)));
        Assert.Equal("cancelled", all[0].Status());
    }

    [Fact]
    public async Task After_its_end_it_is_answered_as_it_is()
    {
        await using var served = await Served.ByChatAsync(Chat.Text("Hello"));
        var final = (await served.Gateway.StreamAsync(Request)).Final;

        Assert.True(JsonNode.DeepEquals(final, await served.Gateway.CancelAsync(final.Id())));
    }

    [Fact]
    public async Task A_foreground_response_cannot_be_cancelled()
    {
        await using var served = await Served.ByChatAsync(Chat.Text("Hello"));
        var id = (await served.Gateway.CreateAsync(Served.Hello)).Id();

        var error = (await served.Gateway.SendJsonAsync(HttpMethod.Post, Path(id) + "/cancel", HttpStatusCode.BadRequest))["error"]!;

        Assert.Equal("Cannot cancel a synchronous response.", error["message"]!.GetValue<string>());
        await served.Gateway.SendJsonAsync(HttpMethod.Post, Path("resp_none") + "/cancel", HttpStatusCode.NotFound);
    }
}
