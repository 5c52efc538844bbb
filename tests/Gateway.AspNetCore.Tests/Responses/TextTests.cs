using System.Text.Json.Nodes;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.Responses;

public sealed class TextTests
{
    [Fact]
    public async Task Each_chunk_of_text_is_one_delta()
    {
        string[] chunks = ["Zwölf ", "Grüße", " \U0001F600", "\n\"quoted\"", " </end>"];
        await using var served = await Served.ByChatAsync(Chat.Text(string.Concat(chunks), chunks));

        var stream = await served.Gateway.StreamAsync(Served.Hello);

        Assert.Equal(chunks, stream.Of("response.output_text.delta").Select(delta => delta["delta"]!.GetValue<string>()));
        Assert.Equal(string.Concat(chunks), stream.Final.OutputText());
        Assert.Equal(string.Concat(chunks), (await served.Gateway.CreateAsync(Served.Hello)).OutputText());
    }

    [Theory]
    [InlineData(UsagePlace.OwnChunkWhenAsked)]
    [InlineData(UsagePlace.OwnChunkAlways)]
    [InlineData(UsagePlace.FinishChunk)]
    [InlineData(UsagePlace.EveryChunk)]
    public async Task Usage_is_the_providers_wherever_it_puts_it(UsagePlace place)
    {
        await using var served = await Served.ByChatAsync(Chat.Reply(new ChatTurn { Text = "Hi there", UsagePlace = place, Usage = new(30, 20, 10, 7) }));

        foreach (var response in (JsonObject[])[await served.Gateway.CreateAsync(Served.Hello), (await served.Gateway.StreamAsync(Served.Hello)).Final])
        {
            var usage = response["usage"]!;
            Assert.Equal(30, usage["input_tokens"]!.GetValue<int>());
            Assert.Equal(10, usage["input_tokens_details"]!["cached_tokens"]!.GetValue<int>());
            Assert.Equal(20, usage["output_tokens"]!.GetValue<int>());
            Assert.Equal(7, usage["output_tokens_details"]!["reasoning_tokens"]!.GetValue<int>());
            Assert.Equal(50, usage["total_tokens"]!.GetValue<int>());
        }
    }

    [Fact]
    public async Task Usage_that_the_provider_does_not_tell_is_null()
    {
        await using var served = await Served.ByChatAsync(Chat.Reply(new ChatTurn { Text = "Hi", UsagePlace = UsagePlace.Nowhere }));

        Assert.Null((await served.Gateway.CreateAsync(Served.Hello))["usage"]);
        Assert.Null((await served.Gateway.StreamAsync(Served.Hello)).Final["usage"]);
    }

    [Fact]
    public async Task An_answer_of_nothing_is_an_empty_message()
    {
        await using var served = await Served.ByChatAsync(Chat.Text(""));

        foreach (var response in (JsonObject[])[await served.Gateway.CreateAsync(Served.Hello), (await served.Gateway.StreamAsync(Served.Hello)).Final])
        {
            Assert.Equal("", Assert.Single(response.Items("message"))["content"]![0]!["text"]!.GetValue<string>());
            Assert.Equal("completed", response.Status());
        }
    }

    [Fact]
    public async Task Every_response_and_item_has_ids_of_its_own()
    {
        await using var served = await Served.ByChatAsync();
        var ids = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            var response = await served.Gateway.CreateAsync(Served.Hello);
            ids.Add(response.Id());
            ids.Add(Assert.Single(response.Items("message")).Id());
        }

        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    [Fact]
    public async Task Annotations_arrive_flat_in_their_event_and_their_part()
    {
        const string Citation = """{"type":"url_citation","url_citation":{"start_index":0,"end_index":2,"url":"https://example.com/","title":"Example"}}""";
        const string Message = $$"""{"role":"assistant","content":"Hi","annotations":[{{Citation}}]}""";
        await using var served = await Served.ByChatAsync(Script.ByStream(
            Script.Json($$"""{"id":"c","object":"chat.completion","created":1,"model":"up","choices":[{"index":0,"message":{{Message}},"finish_reason":"stop"}]}"""),
            Script.Sse(ChatChunk.Of("""{"content":"Hi"}"""), ChatChunk.Of($$"""{"annotations":[{{Citation}}]}"""), ChatChunk.Of("{}", "stop"))));

        var stream = await served.Gateway.StreamAsync(Served.Hello);

        Assert.Single(stream.Of("response.output_text.annotation.added"));
        foreach (var response in (JsonObject[])[await served.Gateway.CreateAsync(Served.Hello), stream.Final])
        {
            var annotation = Assert.Single(Assert.Single(response.Items("message"))["content"]![0]!["annotations"]!.AsArray())!;
            Assert.Equal("url_citation", annotation["type"]!.GetValue<string>());
            Assert.Equal("https://example.com/", annotation["url"]!.GetValue<string>());
            Assert.Equal("Example", annotation["title"]!.GetValue<string>());
            Assert.Equal(2, annotation["end_index"]!.GetValue<int>());
        }
    }
}
