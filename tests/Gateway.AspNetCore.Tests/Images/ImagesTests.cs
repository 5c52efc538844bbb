using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.Images;

public sealed class ImagesTests
{
    private const string Path = "/v1/images/generations";

    [Fact]
    public async Task Every_parameter_passes_byte_for_byte()
    {
        const string Body = """
            { "prompt":"A \"model\":\"x\" é😀", "model":"m","n":2,"size":"1536x1024","quality":"hd","style":"vivid","background":"transparent","moderation":"low","output_format":"webp","output_compression":80,"response_format":"b64_json","user":"u","x_new":{"a":1.50} }
            """;
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await TestGateway.StartAsync(upstream);

        var answer = await gateway.PostJsonAsync(Path, Body);

        Assert.Equal(Body, upstream.Requests.Single().Text);
        Assert.Equal(2, answer["data"]!.AsArray().Count);
        Assert.All(answer["data"]!.AsArray(), image => Assert.NotEmpty(Convert.FromBase64String(image!["b64_json"]!.GetValue<string>())));
        Assert.Equal(50, answer["usage"]!["total_tokens"]!.GetValue<int>());
    }

    [Fact]
    public async Task An_image_may_come_as_an_address()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await TestGateway.StartAsync(upstream);

        var answer = await gateway.PostJsonAsync(Path, """{"model":"m","prompt":"A cat","response_format":"url"}""");

        Assert.StartsWith("https://images.upstream.example/", answer["data"]![0]!["url"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("A cat", answer["data"]![0]!["revised_prompt"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_large_image_comes_whole()
    {
        var image = new string('A', 12 * 1024 * 1024);
        await using var upstream = await ScriptedUpstream.StartAsync();
        upstream.Always(Script.Json($$"""{"created":1,"data":[{"b64_json":"{{image}}"}]}"""));
        await using var gateway = await TestGateway.StartAsync(upstream);

        var answer = await gateway.PostJsonAsync(Path, """{"model":"m","prompt":"A cat"}""");

        Assert.Equal(image, answer["data"]![0]!["b64_json"]!.GetValue<string>());
    }

    [Fact]
    public async Task Partial_images_are_streamed_one_by_one()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await TestGateway.StartAsync(upstream);
        const string Body = """{"model":"m","prompt":"A cat","stream":true,"partial_images":3,"size":"1024x1536"}""";

        var events = await gateway.PostStreamAsync(Path, Body);

        Assert.Equal(Body, upstream.Requests.Single().Text);
        Assert.Equal(
            ["image_generation.partial_image", "image_generation.partial_image", "image_generation.partial_image", "image_generation.completed"],
            events.Select(e => e.EventType));
        var json = events.ConvertAll(e => JsonNode.Parse(e.Data)!);
        Assert.Equal([0, 1, 2], json[..3].Select(e => e["partial_image_index"]!.GetValue<int>()));
        Assert.All(json, e => Assert.Equal("1024x1536", e["size"]!.GetValue<string>()));
        Assert.Equal(50, json[^1]["usage"]!["total_tokens"]!.GetValue<int>());
    }

    [Fact]
    public async Task An_event_is_relayed_byte_for_byte_and_large_ones_too()
    {
        var partial = $$"""{ "type":"image_generation.partial_image", "b64_json":"{{new string('B', 3_000_000)}}","n":1.50,"model":"theirs" }""";
        const string Completed = """{"type":"image_generation.completed","b64_json":"AA=="}""";
        await using var upstream = await ScriptedUpstream.StartAsync();
        upstream.Always(Script.Sse().SendEvent("image_generation.partial_image", partial).SendEvent("image_generation.completed", Completed));
        await using var gateway = await TestGateway.StartAsync(upstream);

        using var response = await gateway.PostAsync(Path, """{"model":"m","prompt":"A cat","stream":true}""");

        Assert.Equal(
            $"event: image_generation.partial_image\ndata: {partial}\n\nevent: image_generation.completed\ndata: {Completed}\n\n",
            await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_provider_that_does_not_stream_images_answers_whole()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        upstream.Always(Script.Json("""{"created":1,"data":[{"b64_json":"AA=="}]}"""));
        await using var gateway = await TestGateway.StartAsync(upstream);

        var answer = await gateway.PostJsonAsync(Path, """{"model":"m","prompt":"A cat","stream":true}""");

        Assert.Equal("AA==", answer["data"]![0]!["b64_json"]!.GetValue<string>());
    }
}
