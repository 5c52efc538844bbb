using AiGateway.Protocol;

namespace AiGateway.Providers.Demo;

/// <summary>What the demo looks at in an image request.</summary>
internal sealed record DemoImagesRequest(string Prompt, int Count, bool AsUrl, bool Stream, int PartialImages, string Size)
{
    /// <summary>Reads and checks a request.</summary>
    /// <param name="body">The request.</param>
    /// <exception cref="GatewayException">It is not one of the API's.</exception>
    public static DemoImagesRequest Read(DemoBody body)
    {
        var prompt = DemoBody.AsText(body.Required("prompt"), "prompt");
        if (prompt.Length == 0)
            throw new GatewayException(GatewayErrors.WrongValue("prompt", "Invalid 'prompt': the prompt cannot be empty."));
        return new DemoImagesRequest(
            prompt,
            body.Integer("n", 1, 10) ?? 1,
            body.OneOf("response_format", "b64_json", "url") == "url",
            body.Flag("stream"),
            body.Integer("partial_images", 0, 3) ?? 0,
            body.Text("size") is { } size and not "auto" ? size : "1024x1024");
    }
}
