using System.Buffers;
using System.Text.Json;
using AiGateway.Hooks;
using AiGateway.Protocol;
using AiGateway.Providers;
using AiGateway.Responses;
using AiGateway.Responses.Parsing;
using AiGateway.Responses.Tokens;
using AiGateway.Routing;
using AiGateway.Translation;
using AiGateway.Translation.NativeResponses;

namespace AiGateway.Pipeline;

/// <summary>
/// Serves <c>POST /v1/responses/input_tokens</c>: by the provider's own count where it has one, else by the gateway's estimate. A provider that does not
/// count after all, for whatever reason, is no error.
/// </summary>
internal sealed class InputTokensHandler(Exchange exchange, ResponseHistory history, ModelContexts contexts)
{
    private const int MaxAnswerBytes = 64 * 1024;

    public async ValueTask HandleAsync(GatewayCall call, CallOutput output, CancellationToken cancellationToken)
    {
        using var request = CreateResponseParser.Parse(call.Request.Utf8);
        using var context = await history.LoadAsync(request, call.Tenant, null, cancellationToken);
        var opened = await contexts.OpenAsync(call, request, context.Items, cancellationToken);
        var route = exchange.Plan(call, opened.PreferredProvider).First;
        var items = await contexts.ForAsync(call, opened.Items, route, cancellationToken);
        var tokens = await AskAsync(call, request, items, route, cancellationToken) ?? TokenEstimate.Of(request, items);
        await exchange.WriteAsync(call, Body(tokens), output, cancellationToken);
    }

    private static async ValueTask<long?> AskAsync(
        GatewayCall call, CreateResponse request, IReadOnlyList<InputItem> items, Route route, CancellationToken cancellationToken)
    {
        var api = route.ApiFor(ApiKind.Responses);
        if (!route.Provider.Counts.HasFlag(api))
            return null;
        var body = new ArrayBufferWriter<byte>(1024);
        if (api == ApiKind.Responses)
            NativeCountRequest.Write(body, request, items, route.ProviderModel);
        else
            ResponsesToChat.Write(body, request, items, route.ProviderModel, stream: false, route.Provider.Options);
        try
        {
            await using var answer = await route.State!.SendAsync(
                new ProviderCall { Api = api, CountsInput = true, Body = body.WrittenMemory, ClientHeaders = call.Headers }, null, cancellationToken);
            return answer.IsSuccess ? Read(await answer.ReadToEndAsync(MaxAnswerBytes, cancellationToken)) : null;
        }
        catch (ProviderException)
        {
            return null;
        }
    }

    private static long? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, JsonFormat.DocumentOptions);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("input_tokens"u8, out var tokens)
                && tokens.ValueKind == JsonValueKind.Number && tokens.TryGetInt64(out var count) && count >= 0
                ? count
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static ReadOnlyMemory<byte> Body(long tokens)
    {
        var buffer = new ArrayBufferWriter<byte>(64);
        using (var json = new Utf8JsonWriter(buffer, JsonFormat.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("object"u8, "response.input_tokens"u8);
            json.WriteNumber("input_tokens"u8, tokens);
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }
}
