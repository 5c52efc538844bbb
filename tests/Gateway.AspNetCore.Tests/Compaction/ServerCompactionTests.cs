using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.AspNetCore.Tests.Responses;
using AiGateway.Configuration;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.Compaction;

/// <summary><c>context_management</c>: the response that finds its context too long begins with a compaction item.</summary>
public sealed class ServerCompactionTests
{
    private const string Managed = "\"context_management\":[{\"type\":\"compaction\",\"compact_threshold\":1000}]";
    private static readonly string Long = string.Concat(Enumerable.Repeat("all that was said before ", 300));

    private static readonly string Request = $$"""
        {"model":"m",{{Managed}},"input":[
          {"type":"message","role":"system","content":"Be brief."},
          {"type":"message","role":"user","content":"Old question."},
          {"type":"message","role":"assistant","content":"{{Long}}"},
          {"type":"message","role":"user","content":"New question."}]}
        """;

    public static TheoryData<bool, bool> Ways => new() { { false, false }, { false, true }, { true, false }, { true, true } };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task The_item_comes_first_and_the_model_gets_the_compacted_context(bool native, bool streamed)
    {
        await using var served = await ServeAsync(native, "They talked.", "Answer.");

        var response = await AnswerAsync(served.Gateway, Request, streamed);

        Assert.Equal(["compaction", "message"], response["output"]!.AsArray().Select(item => item!["type"]!.ToString()));
        Assert.StartsWith("cmp_", response["output"]![0]!["id"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal("Answer.", response.OutputText());
        Assert.DoesNotContain(Managed, response.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(2, served.Upstream.Requests.Count);
        var sent = served.Upstream.Requests[1].Json;
        Assert.Null(sent["context_management"]);
        Assert.Equal(["Be brief.", "Old question.", "This is a summary of the earlier conversation, which was compacted:\n\nThey talked.", "New question."], Texts(sent));

        // What the summary cost is part of it.
        Assert.Equal((24, 10, 34), (Count(response, "input_tokens"), Count(response, "output_tokens"), Count(response, "total_tokens")));
        Assert.Equal(8, response["usage"]!["input_tokens_details"]!["cached_tokens"]!.GetValue<int>());
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task The_next_turn_goes_on_from_the_item(bool native, bool streamed)
    {
        await using var served = await ServeAsync(native, "They talked.", "Answer.", "More.");
        var input = JsonNode.Parse(Request)!["input"]!.AsArray();
        foreach (var item in (await AnswerAsync(served.Gateway, Request, streamed))["output"]!.AsArray())
            input.Add(item!.DeepClone());
        input.Add(new JsonObject { ["role"] = "user", ["content"] = "And then?" });

        var response = await AnswerAsync(served.Gateway, $$"""{"model":"m",{{Managed}},"input":{{input.ToJsonString()}}}""", streamed);

        Assert.Equal(["message"], response["output"]!.AsArray().Select(item => item!["type"]!.ToString()));
        Assert.Equal(
            ["Be brief.", "Old question.", "This is a summary of the earlier conversation, which was compacted:\n\nThey talked.", "New question.", "Answer.", "And then?"],
            Texts(served.Upstream.Requests[2].Json));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_long_newest_turn_is_kept_and_no_summary_is_asked_for(bool native, bool streamed)
    {
        await using var served = await ServeAsync(native, "Answer.");

        var response = await AnswerAsync(served.Gateway, $$"""{"model":"m",{{Managed}},"input":"{{Long}}"}""", streamed);

        Assert.Equal(["compaction", "message"], response["output"]!.AsArray().Select(item => item!["type"]!.ToString()));
        Assert.Contains(Long, Assert.Single(served.Upstream.Requests).Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Below_the_threshold_nothing_happens(bool native, bool streamed)
    {
        await using var served = await ServeAsync(native, "Answer.");

        var response = await AnswerAsync(served.Gateway, $$"""{"model":"m",{{Managed}},"input":"Hello"}""", streamed);

        Assert.Equal(["message"], response["output"]!.AsArray().Select(item => item!["type"]!.ToString()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_events_of_the_item_come_before_all_others_of_the_output(bool native)
    {
        await using var served = await ServeAsync(native, "They talked.", "Answer.");

        var stream = await served.Gateway.StreamAsync(Request);

        Assert.Equal(["response.created", "response.in_progress", "response.output_item.added", "response.output_item.done", "response.output_item.added"], stream.Types.Take(5));
        Assert.Equal([0, 0, 1], stream.Events.Skip(2).Take(3).Select(streamed => streamed["output_index"]!.GetValue<int>()));
        Assert.Equal("compaction", stream.Events[3]["item"]!["type"]!.ToString());
        Assert.Equal(stream.Final["output"]![0]!.ToJsonString(), stream.Events[3]["item"]!.ToJsonString());
        Assert.All(stream.Events.Skip(4).Where(streamed => streamed["output_index"] is not null), streamed => Assert.Equal(1, streamed["output_index"]!.GetValue<int>()));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_response_that_breaks_off_still_says_what_it_began_with(bool native, bool says)
    {
        await using var served = await ServeAsync(native, "They talked.");
        served.Upstream.Enqueue(
            !native ? Chat.Text("Ans wer").Take(2).Abort()
            : says ? NativeResponses.Failed("server_error", "Broken.", "Ans") : NativeResponses.Text("Ans wer").Take(6).Abort());

        var stream = await served.Gateway.StreamAsync(Request);

        Assert.Equal("failed", stream.Final.Status());
        Assert.Equal("compaction", stream.Final["output"]![0]!["type"]!.ToString());
    }

    [Fact]
    public async Task A_summary_that_fails_fails_the_call()
    {
        await using var served = await Served.ByChatAsync();
        served.Upstream.Enqueue(Errors.RateLimited(retryAfter: 3));

        var error = await served.Gateway.RefusedAsync(Request, System.Net.HttpStatusCode.TooManyRequests);

        Assert.Equal("rate_limit_exceeded", error["code"]!.ToString());
    }

    [Fact]
    public async Task The_demo_compacts_too()
    {
        await using var gateway = await TestGateway.StartAsync(new GatewayOptions());

        var response = await gateway.CreateAsync(Request.Replace("\"m\"", "\"demo\"", StringComparison.Ordinal));

        Assert.Equal("You said: New question.", response.OutputText());
        Assert.Single(response.Items("compaction"));
    }

    private static async Task<Served> ServeAsync(bool native, params string[] texts)
    {
        var served = native ? await Served.NativelyAsync() : await Served.ByChatAsync();
        served.Upstream.Enqueue([.. texts.Select(text => native ? NativeResponses.Text(text) : Chat.Text(text))]);
        return served;
    }

    private static async Task<JsonObject> AnswerAsync(TestGateway gateway, string request, bool streamed) =>
        streamed ? (await gateway.StreamAsync(request)).Final : await gateway.CreateAsync(request);

    private static int Count(JsonObject response, string name) => response["usage"]![name]!.GetValue<int>();

    private static IEnumerable<string> Texts(JsonNode sent) => (sent["messages"] ?? sent["input"])!.AsArray()
        .Select(message => message!["content"] is JsonArray parts ? string.Concat(parts.Select(part => part!["text"]!.ToString())) : message["content"]!.ToString());
}
