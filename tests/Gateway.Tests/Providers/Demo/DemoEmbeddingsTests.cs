using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using AiGateway.Protocol;
using Xunit;
using static AiGateway.Tests.Providers.Demo.DemoCalls;

namespace AiGateway.Tests.Providers.Demo;

public sealed class DemoEmbeddingsTests
{
    [Theory]
    [InlineData("\"one two\"", 1, 2)]
    [InlineData("[\"one\",\"two\",\"three four\"]", 3, 4)]
    [InlineData("[1,2,3]", 1, 3)]
    [InlineData("[[1,2],[3]]", 2, 3)]
    public async Task Takes_every_form_of_input(string input, int count, int tokens)
    {
        var body = await JsonAsync(ApiKind.Embeddings, $$"""{"model":"e","input":{{input}}}""");

        var data = body["data"]!.AsArray();
        Assert.Equal("list", body["object"]!.GetValue<string>());
        Assert.Equal("e", body["model"]!.GetValue<string>());
        Assert.Equal(count, data.Count);
        Assert.Equal(Enumerable.Range(0, count), data.Select(d => d!["index"]!.GetValue<int>()));
        Assert.Equal(count, data.Select(d => d!["embedding"]!.ToJsonString()).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(tokens, body["usage"]!["prompt_tokens"]!.GetValue<int>());
        Assert.All(data, d => Assert.Equal(1, Floats(d!).Sum(f => f * f), 1e-5));
    }

    [Fact]
    public async Task Gives_the_same_vector_as_floats_and_as_base64()
    {
        var floats = Floats((await JsonAsync(ApiKind.Embeddings, """{"model":"e","input":"x","dimensions":7}"""))["data"]![0]!);
        var base64 = (await JsonAsync(ApiKind.Embeddings, """{"model":"e","input":"x","dimensions":7,"encoding_format":"base64"}"""))["data"]![0]!["embedding"]!.GetValue<string>();

        Assert.Equal(7, floats.Length);
        Assert.Equal(floats, MemoryMarshal.Cast<byte, float>(Convert.FromBase64String(base64)).ToArray());
    }

    [Theory]
    [InlineData("""{"model":"e"}""", "input")]
    [InlineData("""{"model":"e","input":""}""", "input")]
    [InlineData("""{"model":"e","input":[]}""", "input")]
    [InlineData("""{"model":"e","input":["a",""]}""", "input[1]")]
    [InlineData("""{"model":"e","input":["a",7]}""", "input[1]")]
    [InlineData("""{"model":"e","input":[1,"a"]}""", "input[1]")]
    [InlineData("""{"model":"e","input":"a","dimensions":0}""", "dimensions")]
    [InlineData("""{"model":"e","input":"a","encoding_format":"hex"}""", "encoding_format")]
    public async Task Refuses_bad_input(string body, string param) =>
        Assert.Equal(param, (await JsonAsync(ApiKind.Embeddings, body, 400))["error"]!["param"]!.GetValue<string>());

    private static float[] Floats(JsonNode data) => [.. data["embedding"]!.AsArray().Select(v => v!.GetValue<float>())];
}
