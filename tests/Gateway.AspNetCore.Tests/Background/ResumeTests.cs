using System.Net;
using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.AspNetCore.Tests.Responses;
using AiGateway.Upstream;
using static AiGateway.AspNetCore.Tests.Background.BackgroundCalls;

namespace AiGateway.AspNetCore.Tests.Background;

/// <summary>Following a background response again: the same numbers, the same bytes, from any point, at any time.</summary>
public sealed class ResumeTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task While_it_runs_a_reader_gets_what_was_and_then_what_comes(bool native)
    {
        var gate = new TaskCompletionSource();
        await using var served = await BackgroundTests.ByAsync(native, BackgroundTests.Text(native).WaitAfter(native ? 6 : 3, gate.Task));
        var (first, events) = await served.Gateway.PostAsync("/v1/responses", StreamRequest).OpenAsync();
        using var _ = first;
        var seen = new List<string>();
        while (seen.Count == 0 || !seen[^1].Contains("output_text.delta", StringComparison.Ordinal))
            seen.Add((await events.NextAsync()).Data);
        var id = JsonNode.Parse(seen[0])!["response"]!.AsObject().Id();

        var (second, again) = await served.Gateway.SendAsync(HttpMethod.Get, Path(id) + "?stream=true").OpenAsync();
        using var __ = second;
        var replayed = new List<string>();
        for (var i = 0; i < seen.Count; i++)
            replayed.Add((await again.NextAsync()).Data);
        Assert.Equal(seen, replayed);
        gate.SetResult();

        var rest = (await events.RestAsync()).ConvertAll(e => e.Data);
        Assert.Equal(rest, (await again.RestAsync()).ConvertAll(e => e.Data));
        Assert.Equal("[DONE]", rest[^1]);
        ResponseStreamChecker.Check(await served.Gateway.GetStreamAsync(Path(id) + "?stream=true"));
    }

    [Fact]
    public async Task Afterwards_it_is_replayed_from_any_point()
    {
        await using var served = await Served.ByChatAsync(Chat.Text("One two three four five"));
        var whole = await served.Gateway.PostStreamAsync("/v1/responses", StreamRequest);
        var id = JsonNode.Parse(whole[0].Data)!["response"]!.AsObject().Id();

        for (var after = -1; after < whole.Count; after++)
        {
            var replayed = await served.Gateway.GetStreamAsync($"{Path(id)}?stream=true&starting_after={after}");
            Assert.Equal(whole.Skip(after + 1).Select(e => (e.EventType, e.Data)).DefaultIfEmpty(("message", "[DONE]")), replayed.Select(e => (e.EventType, e.Data)));
        }

        Assert.Equal(whole.Select(e => e.Data), (await served.Gateway.GetStreamAsync(Path(id) + "?stream=true&include_obfuscation=false")).Select(e => e.Data));
    }

    [Theory]
    [InlineData("""{"model":"m","input":"Hi"}""", "background")]
    [InlineData("""{"model":"m","input":"Hi","stream":true}""", "background")]
    [InlineData("""{"model":"m","input":"Hi","background":true}""", "stream")]
    public async Task Only_what_was_created_to_be_followed_can_be(string request, string lacks)
    {
        await using var served = await Served.ByChatAsync(Chat.Text("Hello"));
        var created = request.Contains("stream", StringComparison.Ordinal) ? (await served.Gateway.StreamAsync(request)).Final : await served.Gateway.CreateAsync(request);
        await served.Gateway.PollAsync(created.Id());

        var error = (await served.Gateway.SendJsonAsync(HttpMethod.Get, Path(created.Id()) + "?stream=true", HttpStatusCode.BadRequest))["error"]!.AsObject();

        Assert.Equal("stream", error["param"]!.GetValue<string>());
        Assert.Contains(lacks + "=true", error["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("starting_after=x", "starting_after")]
    [InlineData("starting_after=1.5", "starting_after")]
    [InlineData("starting_after=-2", "starting_after")]
    [InlineData("starting_after=99999999999999999999", "starting_after")]
    [InlineData("include_obfuscation=maybe", "include_obfuscation")]
    [InlineData("include[]=everything", "include")]
    public async Task A_wrong_query_is_refused(string query, string param)
    {
        await using var served = await Served.ByChatAsync(Chat.Text("Hello"));
        var id = (await served.Gateway.StreamAsync(Request)).Final.Id();

        var error = (await served.Gateway.SendJsonAsync(HttpMethod.Get, $"{Path(id)}?stream=true&{query}", HttpStatusCode.BadRequest))["error"]!;

        Assert.Equal(param, error["param"]!.GetValue<string>());
    }
}
