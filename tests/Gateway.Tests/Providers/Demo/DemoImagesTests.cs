using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using AiGateway.Protocol;
using AiGateway.Providers;
using Xunit;
using static AiGateway.Tests.Providers.Demo.DemoCalls;

namespace AiGateway.Tests.Providers.Demo;

public sealed class DemoImagesTests
{
    [Fact]
    public async Task Draws_valid_pictures_of_the_prompt()
    {
        var body = await JsonAsync(ApiKind.Images, """{"model":"i","prompt":"a cat","n":2}""");

        var pictures = body["data"]!.AsArray().Select(d => Convert.FromBase64String(d!["b64_json"]!.GetValue<string>())).ToList();
        Assert.Equal(2, pictures.Count);
        Assert.All(pictures, CheckPng);
        Assert.NotEqual(pictures[0], pictures[1]);
        Assert.Equal(2, body["usage"]!["input_tokens"]!.GetValue<int>());
        Assert.Equal(130, body["usage"]!["total_tokens"]!.GetValue<int>());
    }

    [Fact]
    public async Task Gives_a_url_when_asked()
    {
        var body = await JsonAsync(ApiKind.Images, """{"model":"i","prompt":"a cat","response_format":"url"}""");

        var url = body["data"]![0]!["url"]!.GetValue<string>();
        Assert.StartsWith("data:image/png;base64,", url, StringComparison.Ordinal);
        CheckPng(Convert.FromBase64String(url[22..]));
    }

    [Fact]
    public async Task Streams_partial_images()
    {
        var events = await EventsAsync(ApiKind.Images, """{"model":"i","prompt":"a cat","stream":true,"partial_images":2}""");

        Assert.Equal(["image_generation.partial_image", "image_generation.partial_image", "image_generation.completed"], events.Select(e => e.Type));
        Assert.All(events, e => Assert.Equal(e.Type, e.Data!["type"]!.GetValue<string>()));
        Assert.Equal([0, 1], events.Take(2).Select(e => e.Data!["partial_image_index"]!.GetValue<int>()));
        Assert.All(events, e => CheckPng(Convert.FromBase64String(e.Data!["b64_json"]!.GetValue<string>())));
        Assert.NotNull(events[2].Data!["usage"]);
    }

    [Theory]
    [InlineData("""{"model":"i"}""", "prompt")]
    [InlineData("""{"model":"i","prompt":7}""", "prompt")]
    [InlineData("""{"model":"i","prompt":"x","n":0}""", "n")]
    [InlineData("""{"model":"i","prompt":"x","partial_images":9}""", "partial_images")]
    public async Task Refuses_bad_input(string body, string param) =>
        Assert.Equal(param, (await JsonAsync(ApiKind.Images, body, 400))["error"]!["param"]!.GetValue<string>());

    [Fact]
    public async Task Lists_its_model()
    {
        await using var list = await Provider.SendAsync(new ProviderCall { Api = ApiKind.Models }, CancellationToken.None);
        await using var one = await Provider.SendAsync(new ProviderCall { Api = ApiKind.Models, ModelId = "demo" }, CancellationToken.None);
        await using var none = await Provider.SendAsync(new ProviderCall { Api = ApiKind.Models, ModelId = "other" }, CancellationToken.None);

        Assert.Equal("""{"object":"list","data":[{"id":"demo","object":"model","created":1735689600,"owned_by":"aigateway"}]}""", await list.ReadTextAsync());
        Assert.Equal("""{"id":"demo","object":"model","created":1735689600,"owned_by":"aigateway"}""", await one.ReadTextAsync());
        Assert.Equal(404, none.Status);
    }

    private static void CheckPng(byte[] png)
    {
        Assert.Equal([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], png[..8]);
        var kinds = new List<string>();
        for (var at = 8; at < png.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at));
            var kind = Encoding.ASCII.GetString(png, at + 4, 4);
            kinds.Add(kind);
            Assert.Equal(Crc(png.AsSpan(at + 4, length + 4)), BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(at + 8 + length)));
            if (kind == "IDAT")
            {
                using var pixels = new MemoryStream();
                using var inflate = new ZLibStream(new MemoryStream(png, at + 8, length), CompressionMode.Decompress);
                inflate.CopyTo(pixels);
                Assert.Equal(64 * ((64 * 3) + 1), pixels.Length);
            }

            at += 12 + length;
        }

        Assert.Equal(["IHDR", "IDAT", "IEND"], kinds);
    }

    // The checksum by its definition, bit by bit.
    private static uint Crc(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var b in data)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
        }

        return ~crc;
    }
}
