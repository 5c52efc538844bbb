using System.Text.Json.Nodes;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.Responses;

public sealed class LogprobsTests
{
    private const string Asked = """{"model":"m","input":"Hello","include":["message.output_text.logprobs"],"top_logprobs":2}""";

    [Fact]
    public async Task Log_probabilities_come_with_deltas_done_and_part_where_they_are_asked_for()
    {
        await using var served = await Served.ByChatAsync(Chat.Logprobs("Hé there", "Hé", " there"));

        var stream = await served.Gateway.StreamAsync(Asked);

        Assert.All(stream.Of("response.output_text.delta"), delta => Assert.Single(delta["logprobs"]!.AsArray()));
        foreach (var response in (JsonObject[])[await served.Gateway.CreateAsync(Asked), stream.Final])
        {
            var entries = response["output"]![0]!["content"]![0]!["logprobs"]!.AsArray();
            Assert.Equal(["Hé", " there"], entries.Select(entry => entry!["token"]!.GetValue<string>()));
            Assert.Equal([72, 195, 169], entries[0]!["bytes"]!.AsArray().Select(b => b!.GetValue<int>()));
            Assert.Single(entries[0]!["top_logprobs"]!.AsArray());
            Assert.Equal(2, response["top_logprobs"]!.GetValue<int>());
        }

        var sent = served.Upstream.Requests[0].Json;
        Assert.True(sent["logprobs"]!.GetValue<bool>());
        Assert.Equal(2, sent["top_logprobs"]!.GetValue<int>());
    }

    [Fact]
    public async Task Without_asking_there_are_none()
    {
        await using var served = await Served.ByChatAsync(Chat.Logprobs("Hi there"));

        var stream = await served.Gateway.StreamAsync(Served.Hello);

        Assert.All(stream.Of("response.output_text.delta"), delta => Assert.Empty(delta["logprobs"]!.AsArray()));
        Assert.Empty(stream.Final["output"]![0]!["content"]![0]!["logprobs"]!.AsArray());
        Assert.Null(served.Upstream.Requests[0].Json["logprobs"]);
    }

    [Fact]
    public async Task Bytes_that_the_provider_leaves_null_are_filled_in()
    {
        const string Logprobs = """{"content":[{"token":"é","logprob":-0.5,"bytes":null,"top_logprobs":[{"token":"é","logprob":-0.5,"bytes":null}]}]}""";
        await using var served = await Served.ByChatAsync(Script.Json(
            $$"""{"id":"c","object":"chat.completion","created":1,"model":"up","choices":[{"index":0,"message":{"role":"assistant","content":"é"},"logprobs":{{Logprobs}},"finish_reason":"stop"}]}"""));

        var entry = (await served.Gateway.CreateAsync(Asked))["output"]![0]!["content"]![0]!["logprobs"]![0]!;

        Assert.Equal("[195,169]", entry["bytes"]!.ToJsonString());
        Assert.Equal("[195,169]", entry["top_logprobs"]![0]!["bytes"]!.ToJsonString());
    }
}
