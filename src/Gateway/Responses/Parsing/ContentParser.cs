using System.Text.Json;

namespace AiGateway.Responses.Parsing;

/// <summary>The content of a message or the output of a call: a string or parts (<c>spec/responses.md</c> §4).</summary>
internal static class ContentParser
{
    /// <summary>Open Responses has no video, and neither specification has audio, in a user's message; models that take them exist.</summary>
    public static readonly string[] UserParts = ["input_text", "input_image", "input_file", "input_audio", "input_video"];

    /// <summary>Open Responses has text only here; OpenAI has all three.</summary>
    public static readonly string[] SystemParts = ["input_text", "input_image", "input_file"];

    /// <summary>What an assistant says.</summary>
    public static readonly string[] AssistantParts = ["output_text", "refusal"];

    /// <summary>What a tool gives back.</summary>
    public static readonly string[] OutputParts = ["input_text", "input_image", "input_file", "input_video"];

    private const int MaxImageUrl = 20_971_520;
    private const int MaxFileData = 73_400_320;

    private static readonly string[] ImageDetails = ["low", "high", "auto", "original"];
    private static readonly string[] FileDetails = ["auto", "low", "high"];

    public static void Check(FieldReader item, string field, string[] kinds)
    {
        if (!item.Has(field, out var content))
            throw item.Missing(field);
        switch (content.ValueKind)
        {
            case JsonValueKind.String:
                item.CheckLength(field, content, FieldReader.MaxText);
                break;
            case JsonValueKind.Array:
                var i = 0;
                foreach (var part in content.EnumerateArray())
                    CheckPart(FieldReader.Object(part, item.Path.Then(field, i++)), kinds);
                break;
            default:
                throw item.WrongType(field, "one of a string or an array of objects", content);
        }
    }

    private static void CheckPart(FieldReader part, string[] kinds)
    {
        switch (part.OneOf("type", kinds))
        {
            case "input_text":
                part.CheckRequiredText("text");
                break;
            case "output_text":
                part.CheckRequiredText("text");
                CheckAnnotations(part);
                break;
            case "refusal":
                part.CheckRequiredText("refusal");
                break;
            case "input_image":
                part.CheckText("image_url", MaxImageUrl);
                part.CheckText("file_id");
                _ = part.OneOf("detail", ImageDetails);
                if (!part.Has("image_url") && !part.Has("file_id"))
                    throw part.Missing("image_url");
                break;
            case "input_file":
                CheckFile(part);
                break;
            case "input_audio":
                if (!part.HasObject("input_audio", out var audio))
                    throw part.Missing("input_audio");
                audio.CheckRequiredText("data", MaxFileData);
                audio.CheckRequiredText("format");
                break;
            case "input_video":
                part.CheckRequiredText("video_url", int.MaxValue);
                break;
            default:
                throw part.Missing("type");
        }
    }

    private static void CheckFile(FieldReader part)
    {
        part.CheckText("filename");
        part.CheckText("file_data", MaxFileData);
        part.CheckText("file_url");
        part.CheckText("file_id");
        _ = part.OneOf("detail", FileDetails);
        if (!part.Has("file_data") && !part.Has("file_url") && !part.Has("file_id"))
            throw part.Missing("file_data");
    }

    private static void CheckAnnotations(FieldReader part)
    {
        if (!part.HasArray("annotations", out var annotations, "an array of objects"))
            return;
        var i = 0;
        foreach (var element in annotations.EnumerateArray())
        {
            var annotation = FieldReader.Object(element, part.Path.Then("annotations", i++));
            if (!annotation.HasString("type", out var type))
                throw annotation.Missing("type");
            if (!type.ValueEquals("url_citation"u8))
                continue;
            annotation.CheckRequiredText("url");
            annotation.CheckRequiredText("title");
            _ = annotation.Integer("start_index", 0) ?? throw annotation.Missing("start_index");
            _ = annotation.Integer("end_index", 0) ?? throw annotation.Missing("end_index");
        }
    }
}
