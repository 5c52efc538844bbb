using System.Text.Json;
using AiGateway.Protocol;

namespace AiGateway.Providers.Demo;

/// <summary>
/// A provider without a network and without a model: the same request always gets the same answer, in the API's exact shape.
/// It serves a first try, and tests. Any model name is taken; <c>demo</c> is the one it lists.
/// </summary>
/// <param name="options">Its configuration; only the name and the API families matter.</param>
/// <param name="time">Where the creation times in its answers come from.</param>
internal sealed class DemoProvider(ProviderOptions options, TimeProvider time) : IProvider
{
    private const string JsonType = "application/json";
    private const string EventType = "text/event-stream";

    /// <inheritdoc/>
    public ProviderOptions Options { get; } = options;

    /// <inheritdoc/>
    public ApiKind Apis { get; } = (options.ApiSet() | ApiKind.Models) & ~ApiKind.Responses;

    /// <inheritdoc/>
    public ApiKind Counts => Apis & ApiKind.Chat;

    /// <inheritdoc/>
    public ValueTask<ProviderAnswer> SendAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<ProviderAnswer>(cancellationToken);
        return new ValueTask<ProviderAnswer>(Answer(call, cancellationToken));
    }

    private static ProviderAnswer Json(int status, byte[] body) =>
        new(status, JsonType, new MemoryStream(body, writable: false)) { ContentLength = body.Length };

    private static DemoBody Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body.Span, JsonFormat.ReaderOptions);
            var root = JsonElement.ParseValue(ref reader);
            return root.ValueKind == JsonValueKind.Object
                ? new DemoBody(root)
                : throw new GatewayException(GatewayErrors.BadJson("The request body must be a JSON object."));
        }
        catch (JsonException e)
        {
            throw new GatewayException(RequestEnvelope.BadJson(e), e);
        }
    }

    private ProviderAnswer Answer(ProviderCall call, CancellationToken cancellationToken)
    {
        var created = time.GetUtcNow().ToUnixTimeSeconds();
        try
        {
            switch (call.Api)
            {
                case ApiKind.Chat when call.CountsInput:
                    return Json(200, DemoChatBody.WriteCount(DemoChatRequest.Read(Parse(call.Body))));
                case ApiKind.Chat:
                    var chat = DemoReply.To(DemoChatRequest.Read(Parse(call.Body)), DemoHash.Hex(call.Body.Span), created);
                    return chat.Request.Stream
                        ? Events(DemoChatStream.Frames(chat), cancellationToken)
                        : Json(200, DemoChatBody.Write(chat));
                case ApiKind.Embeddings:
                    return Json(200, DemoEmbeddings.Write(Parse(call.Body)));
                case ApiKind.Images:
                    var images = DemoImagesRequest.Read(Parse(call.Body));
                    return images.Stream
                        ? Events(DemoImages.Frames(images, created), cancellationToken)
                        : Json(200, DemoImages.Write(images, created));
                case ApiKind.Models:
                    return Json(200, DemoModels.Write(call.ModelId));
                default:
                    return Json(404, GatewayErrors.UnknownUrl("POST", "/v1/responses").ToBody());
            }
        }
        catch (GatewayException e)
        {
            return Json(e.Error.Status, e.Error.ToBody());
        }
    }

    private static ProviderAnswer Events(IEnumerable<byte[]> frames, CancellationToken cancellationToken) =>
        new(200, EventType, new FrameStream(frames, cancellationToken));
}
