using System.ClientModel;
using System.Text.Json.Nodes;
using AiGateway.EndToEnd.Tests.Scripted;
using OpenAI.Embeddings;
using OpenAI.Images;

namespace AiGateway.EndToEnd.Tests.DotNet;

public sealed class OtherEndpointTests(ScriptedGateway gateway) : IClassFixture<ScriptedGateway>
{
    private static readonly string[] Inputs = ["one", "two"];
    private readonly Sdk _sdk = new(gateway.Process.BaseUrl);

    [Fact]
    public async Task Embeddings_as_the_client_asks_for_them_are_base64()
    {
        var embeddings = (await _sdk.Embeddings("chat-embed").GenerateEmbeddingsAsync(Inputs, new EmbeddingGenerationOptions { Dimensions = 5 })).Value;

        Assert.Equal([0, 1], embeddings.Select(e => e.Index));
        Assert.All(embeddings, e => Assert.Equal(5, e.ToFloats().Length));
        Assert.NotEqual(embeddings[0].ToFloats().ToArray(), embeddings[1].ToFloats().ToArray());
        Assert.Equal(("chat-embed", 2), (embeddings.Model, embeddings.Usage.TotalTokenCount));
        Assert.Equal("base64", Assert.Single(gateway.Observed.Of(_sdk.Mark)).Json["encoding_format"]!.ToString());
    }

    [Fact]
    public async Task Embeddings_as_floats_are_the_same()
    {
        var client = _sdk.Embeddings("chat-embed");
        var expected = (await client.GenerateEmbeddingAsync("one")).Value.ToFloats().ToArray();

        using var content = BinaryContent.Create(BinaryData.FromString("""{"model":"chat-embed","input":"one","encoding_format":"float"}"""));
        var raw = (await client.GenerateEmbeddingsAsync(content)).GetRawResponse().Content;

        Assert.Equal(expected, JsonNode.Parse(raw)!["data"]![0]!["embedding"]!.AsArray().Select(x => x!.GetValue<float>()));
    }

    [Fact]
    public async Task Embeddings_of_tokens()
    {
        var embeddings = (await _sdk.Embeddings("chat-embed").GenerateEmbeddingsAsync([new ReadOnlyMemory<int>([1, 2, 3])])).Value;

        Assert.Equal(3, embeddings.Usage.InputTokenCount);
    }

    [Fact]
    public async Task Images_as_bytes_and_as_addresses()
    {
        var client = _sdk.Images("chat-image");

        var image = (await client.GenerateImageAsync("A cat", new ImageGenerationOptions { Size = GeneratedImageSize.W1024xH1024, ResponseFormat = GeneratedImageFormat.Bytes })).Value;
        var images = (await client.GenerateImagesAsync("A cat", 2, new ImageGenerationOptions { ResponseFormat = GeneratedImageFormat.Uri })).Value;

        Assert.Equal(0x89, image.ImageBytes.ToArray()[0]);
        Assert.Equal(2, images.Count);
        Assert.All(images, i => Assert.Equal("images.upstream.example", i.ImageUri.Host));
        var asked = gateway.Observed.Of(_sdk.Mark)[0].Json;
        Assert.Equal(("image", "A cat", "1024x1024", "b64_json"), (asked["model"]!.ToString(), asked["prompt"]!.ToString(), asked["size"]!.ToString(), asked["response_format"]!.ToString()));
    }

    [Fact]
    public async Task Models_are_listed_and_found()
    {
        var list = (await _sdk.Models.GetModelsAsync()).Value;
        var one = (await _sdk.Models.GetModelAsync("chat-text")).Value;
        var covered = (await _sdk.Models.GetModelAsync("native-anything")).Value;

        Assert.Contains("chat-text", list.Select(m => m.Id));
        Assert.Equal(("chat-text", "chat"), (one.Id, one.OwnedBy));
        Assert.Equal(("native-anything", "native"), (covered.Id, covered.OwnedBy));
    }
}
