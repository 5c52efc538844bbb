using System.Buffers.Binary;
using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Routing;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.Embeddings;

public sealed class EmbeddingsTests
{
    private const string Path = "/v1/embeddings";

    [Theory]
    [InlineData("\"one text\"", 1)]
    [InlineData("[\"one\",\"two\",\"three é😀\"]", 3)]
    [InlineData("[1,2,3]", 1)]
    [InlineData("[[1,2],[3],[4,5,6]]", 3)]
    public async Task Every_form_of_input_passes_as_it_is(string input, int vectors)
    {
        var body = $$"""{"model":"m","input":{{input}},"user":"u","x_new":[1.50]}""";
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await TestGateway.StartAsync(upstream);

        var answer = await gateway.PostJsonAsync(Path, body);

        Assert.Equal(body, upstream.Requests.Single().Text);
        Assert.Equal(vectors, answer["data"]!.AsArray().Count);
        Assert.Equal(Enumerable.Range(0, vectors), answer["data"]!.AsArray().Select(d => d!["index"]!.GetValue<int>()));
        Assert.Equal(("list", "m"), (answer["object"]!.GetValue<string>(), answer["model"]!.GetValue<string>()));
        Assert.True(answer["usage"]!["total_tokens"]!.GetValue<int>() > 0);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(256)]
    public async Task Dimensions_pass(int dimensions)
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await TestGateway.StartAsync(upstream);

        var answer = await gateway.PostJsonAsync(Path, $$"""{"model":"m","input":"x","dimensions":{{dimensions}}}""");

        Assert.Equal(dimensions, answer["data"]![0]!["embedding"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData(",\"encoding_format\":null")]
    [InlineData(",\"encoding_format\":\"float\"")]
    [InlineData(",\"encoding_format\":\"base64\"")]
    public async Task The_asked_form_comes_back_whichever_form_the_provider_knows(string format)
    {
        float[] vector = [0.25f, -1.5f, 3.1415927f, 1e-20f, 0f, float.MaxValue];
        var asBase64 = JsonValue.Create(Convert.ToBase64String(Bytes(vector)));
        var asNumbers = new JsonArray([.. vector.Select(v => (JsonNode)v)]);
        foreach (var known in new JsonNode[] { asBase64, asNumbers })
        {
            await using var upstream = await ScriptedUpstream.StartAsync();
            upstream.Always(Script.Json(new JsonObject
            {
                ["object"] = "list",
                ["data"] = new JsonArray(Item(known, 0), Item(known, 1)),
                ["model"] = "theirs",
                ["usage"] = new JsonObject { ["prompt_tokens"] = 1, ["total_tokens"] = 1 },
            }));
            await using var gateway = await TestGateway.StartAsync(upstream);

            var answer = await gateway.PostJsonAsync(Path, $$"""{"model":"m","input":["x","y"]{{format}}}""");

            foreach (var item in answer["data"]!.AsArray())
            {
                Assert.Equal("kept", item!["x_new"]!.GetValue<string>());
                if (format.Contains("base64", StringComparison.Ordinal))
                    Assert.Equal(Bytes(vector), Convert.FromBase64String(item["embedding"]!.GetValue<string>()));
                else
                    Assert.Equal(vector, item["embedding"]!.AsArray().Select(v => v!.GetValue<float>()));
            }

            Assert.Equal("m", answer["model"]!.GetValue<string>());
        }
    }

    [Fact]
    public async Task An_answer_in_the_asked_form_is_relayed_byte_for_byte()
    {
        const string Answer = "{ \"object\":\"list\", \"data\":[{\"object\":\"embedding\",\"index\":0,\"embedding\":[0.10,-1E-2]}],\"model\":\"m\",\"usage\":{\"prompt_tokens\":1,\"total_tokens\":1},\"note\":\"the \\\"embedding\\\" of it\"}";
        await using var upstream = await ScriptedUpstream.StartAsync();
        upstream.Always(Script.Json(Answer));
        await using var gateway = await TestGateway.StartAsync(upstream);

        using var response = await gateway.PostAsync(Path, """{"model":"m","input":"x"}""");

        Assert.Equal(Answer, await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task The_providers_name_for_the_model_stays_between_the_two_of_them()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await TestGateway.StartAsync(
            upstream, options: o => o with { Models = [new ModelOptions { Name = "small", Provider = "up", RewriteTo = "text-embedding-3-small" }] });

        var answer = await gateway.PostJsonAsync(Path, """{"model":"small","input":"x"}""");

        Assert.Equal("text-embedding-3-small", upstream.Requests.Single().Json["model"]!.GetValue<string>());
        Assert.Equal("small", answer["model"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_provider_without_the_API_is_said_to_lack_it()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await TestGateway.StartAsync(upstream, p => p with { Apis = ["chat"] });

        var error = await gateway.PostJsonAsync(Path, """{"model":"m","input":"x"}""", System.Net.HttpStatusCode.BadRequest);

        Assert.Equal("unsupported_value", error["error"]!["code"]!.GetValue<string>());
        Assert.Equal("model", error["error"]!["param"]!.GetValue<string>());
        Assert.Empty(upstream.Requests);
    }

    private static JsonObject Item(JsonNode embedding, int index) => new()
    {
        ["object"] = "embedding",
        ["index"] = index,
        ["embedding"] = embedding.DeepClone(),
        ["x_new"] = "kept",
    };

    private static byte[] Bytes(float[] vector)
    {
        var bytes = new byte[vector.Length * sizeof(float)];
        for (var i = 0; i < vector.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), vector[i]);
        return bytes;
    }
}
