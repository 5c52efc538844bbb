using System.Text.Json;

namespace AiGateway.Providers.Demo;

/// <summary>Images: small patterns that depend on the prompt and on nothing else.</summary>
internal static class DemoImages
{
    private const int TokensPerImage = 64;
    private static readonly int[] CoarseBlocks = [32, 16, 8];

    public static byte[] Write(DemoImagesRequest request, long created) => DemoJson.Body(writer =>
    {
        writer.WriteNumber("created"u8, created);
        WriteLook(writer, request);
        writer.WriteStartArray("data"u8);
        for (var i = 0; i < request.Count; i++)
        {
            writer.WriteStartObject();
            var png = Png(request, i);
            if (request.AsUrl)
                writer.WriteString("url"u8, "data:image/png;base64," + Convert.ToBase64String(png));
            else
                writer.WriteBase64String("b64_json"u8, png);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        WriteUsage(writer, request);
    });

    public static IEnumerable<byte[]> Frames(DemoImagesRequest request, long created)
    {
        for (var i = 0; i < request.Count; i++)
        {
            var image = i;
            for (var p = 0; p < request.PartialImages; p++)
            {
                var partial = p;
                yield return Frame("image_generation.partial_image", Png(request, image, CoarseBlocks[partial]), writer =>
                    writer.WriteNumber("partial_image_index"u8, partial));
            }

            yield return Frame("image_generation.completed", Png(request, image), writer => WriteUsage(writer, request));
        }

        byte[] Frame(string type, byte[] png, Action<Utf8JsonWriter> more) => DemoJson.Frame(type, writer =>
        {
            writer.WriteString("type"u8, type);
            writer.WriteBase64String("b64_json"u8, png);
            writer.WriteNumber("created_at"u8, created);
            WriteLook(writer, request);
            more(writer);
        });
    }

    private static byte[] Png(DemoImagesRequest request, int index, int block = 1) =>
        DemoPng.Draw(DemoHash.Number($"{index}:{request.Prompt}"), block);

    private static void WriteLook(Utf8JsonWriter writer, DemoImagesRequest request)
    {
        writer.WriteString("background"u8, "opaque"u8);
        writer.WriteString("output_format"u8, "png"u8);
        writer.WriteString("quality"u8, "low"u8);
        writer.WriteString("size"u8, request.Size);
    }

    private static void WriteUsage(Utf8JsonWriter writer, DemoImagesRequest request)
    {
        var input = DemoTokens.Count(request.Prompt);
        var output = TokensPerImage * request.Count;
        writer.WriteStartObject("usage"u8);
        writer.WriteNumber("input_tokens"u8, input);
        writer.WriteNumber("output_tokens"u8, output);
        writer.WriteNumber("total_tokens"u8, input + output);
        writer.WriteStartObject("input_tokens_details"u8);
        writer.WriteNumber("text_tokens"u8, input);
        writer.WriteNumber("image_tokens"u8, 0);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
