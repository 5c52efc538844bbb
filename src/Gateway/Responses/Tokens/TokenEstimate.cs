using System.Text.Json;

namespace AiGateway.Responses.Tokens;

/// <summary>
/// How many tokens an input is, about, for what has no tokenizer here: deterministic, never less for more input, and rather too many than too few for plain
/// English. Texts are counted by <see cref="TextTokens"/>; an item costs 4 besides, a tool 8, an image 765 (85 in low detail), a file 1,000, a video 2,000,
/// a sealed content an eighth of its characters.
/// </summary>
internal static class TokenEstimate
{
    private const long PerItem = 4;
    private const long PerTool = 8;
    private const long PerImage = 765;
    private const long PerLowImage = 85;
    private const long PerFile = 1000;
    private const long PerVideo = 2000;

    // A reply begins with a few tokens that nobody wrote.
    private const long PerReply = 3;

    /// <summary>What a whole request makes the model read.</summary>
    /// <param name="request">The request.</param>
    /// <param name="context">The whole context, in order.</param>
    public static long Of(CreateResponse request, IReadOnlyList<InputItem> context) => Around(request) + Of(context);

    /// <summary>What a request makes the model read besides its items: instructions, tools, the format of the answer.</summary>
    public static long Around(CreateResponse request)
    {
        var tokens = PerReply + (request.Instructions is { } instructions ? PerItem + TextTokens.Of(instructions) : 0);
        foreach (var tool in request.Tools)
            tokens += PerTool + TextTokens.Of(tool.GetRawText());
        return tokens + (request.TextFormat is { } format && format.TryGetProperty("schema"u8, out var schema) ? TextTokens.Of(schema.GetRawText()) : 0);
    }

    /// <summary>What items make the model read.</summary>
    public static long Of(IEnumerable<InputItem> items) => items.Sum(Of);

    /// <summary>What one item makes the model read.</summary>
    public static long Of(InputItem item) => PerItem + OfObject(item.Json);

    private static long OfValue(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => TextTokens.Of(value.GetString()),
        JsonValueKind.Object => OfObject(value),
        JsonValueKind.Array => value.EnumerateArray().Sum(OfValue),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => 1,
        _ => 0,
    };

    private static long OfObject(JsonElement holder)
    {
        if (holder.TryGetProperty("type"u8, out var type) && type.ValueKind == JsonValueKind.String && OfMedia(holder, type.GetString()) is { } media)
            return media;
        long tokens = 0;
        foreach (var member in holder.EnumerateObject())
        {
            tokens += member.Name switch
            {
                "id" or "type" or "status" or "role" or "phase" or "call_id" or "logprobs" => 0,
                "encrypted_content" when member.Value.ValueKind == JsonValueKind.String => (member.Value.GetString()!.Length + 7) / 8,
                _ => OfValue(member.Value),
            };
        }

        return tokens;
    }

    private static long? OfMedia(JsonElement part, string? type) => type switch
    {
        "input_image" => part.TryGetProperty("detail"u8, out var detail) && detail.ValueKind == JsonValueKind.String && detail.ValueEquals("low"u8) ? PerLowImage : PerImage,
        "input_file" or "input_audio" => PerFile,
        "input_video" => PerVideo,
        _ => null,
    };
}
