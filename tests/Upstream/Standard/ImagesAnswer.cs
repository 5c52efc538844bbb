using System.Text.Json.Nodes;

namespace AiGateway.Upstream;

/// <summary>Images: one transparent pixel, as base64 or address; as a stream, partial images (<c>partial_images</c>, default 1) and the whole one.</summary>
internal static class ImagesAnswer
{
    private const string Pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

    public static Script For(ReceivedRequest request) => request.Asks("stream") ? Stream(request) : Script.Json(new JsonObject
    {
        ["created"] = ChatCompletion.Created,
        ["data"] = WireJson.Array(Enumerable.Range(0, Int(request, "n", 1)).Select(index => Image(request, index))),
        ["usage"] = Usage(),
    });

    private static JsonObject Image(ReceivedRequest request, int index) => request.Field("response_format")?.ToString() == "url"
        ? new() { ["url"] = $"https://images.upstream.example/{request.Number}/{index}.png", ["revised_prompt"] = request.Field("prompt")?.ToString() }
        : new() { ["b64_json"] = Pixel };

    private static Script Stream(ReceivedRequest request)
    {
        var script = Enumerable.Range(0, Int(request, "partial_images", 1)).Aggregate(Script.Sse(), (s, index) =>
        {
            var partial = Event("image_generation.partial_image", request);
            partial["partial_image_index"] = index;
            return s.SendEvent("image_generation.partial_image", partial);
        });
        var completed = Event("image_generation.completed", request);
        completed["usage"] = Usage();
        return script.SendEvent("image_generation.completed", completed);
    }

    private static JsonObject Event(string type, ReceivedRequest request) => new()
    {
        ["type"] = type,
        ["b64_json"] = Pixel,
        ["created_at"] = ChatCompletion.Created,
        ["size"] = request.Field("size")?.ToString() ?? "1024x1024",
        ["quality"] = request.Field("quality")?.ToString() ?? "high",
        ["background"] = request.Field("background")?.ToString() ?? "opaque",
        ["output_format"] = request.Field("output_format")?.ToString() ?? "png",
    };

    private static JsonObject Usage() => new()
    {
        ["input_tokens"] = 10,
        ["output_tokens"] = 40,
        ["total_tokens"] = 50,
        ["input_tokens_details"] = new JsonObject { ["text_tokens"] = 10, ["image_tokens"] = 0 },
    };

    private static int Int(ReceivedRequest request, string key, int otherwise) =>
        request.Field(key) is JsonValue value && value.TryGetValue<int>(out var number) ? number : otherwise;
}
