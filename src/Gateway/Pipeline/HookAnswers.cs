using System.Text.Json;
using System.Text.Json.Nodes;
using AiGateway.Hooks;
using AiGateway.Pipeline.StoredCompletions;
using AiGateway.Protocol;
using AiGateway.Providers;
using AiGateway.Responses.Parsing;

namespace AiGateway.Pipeline;

/// <summary>Says what a request hook answered, on the way that a provider's answer takes: so it is right on every API, streamed or not.</summary>
internal sealed class HookAnswers(
    Exchange exchange, ChatRelay chat, CompletionKeeper completions, ForegroundResponses responses, TranslatedResponses translated, TimeProvider time)
{
    /// <summary>Writes what a hook answered.</summary>
    /// <exception cref="InvalidOperationException">The hook's answer does not fit the call: a programming error of the hook's.</exception>
    public async ValueTask WriteAsync(GatewayCall call, HookAnswer answer, ILocalTurns? local, CallOutput output, CancellationToken cancellationToken)
    {
        switch (answer)
        {
            case HookAnswer.Error error:
                throw new GatewayException(error.Value);
            case HookAnswer.Json json when !call.Request.Stream:
                var body = JsonSerializer.SerializeToUtf8Bytes(json.Body, JsonFormat.SerializerOptions);
                using (var kept = json.Status == 200 ? completions.Begin(call) : null)
                    await exchange.WriteAsync(call, body, output, cancellationToken, json.Status, kept is null ? null : kept.KeepAsync);
                break;
            case HookAnswer.Text text when call.Request is ChatRequest:
                using (var kept = completions.Begin(call))
                await using (var completion = Completion(call, text.Value))
                    await chat.RelayAsync(call, completion, kept, output, cancellationToken);
                break;
            case HookAnswer.Text text when call.Request is ResponsesRequest:
                await WriteResponseAsync(call, text.Value, local, output, cancellationToken);
                break;
            default:
                throw new InvalidOperationException($"A hook answered {answer.GetType().Name} to a call of {call.Api}{(call.Request.Stream ? " that asked for a stream" : "")}.");
        }
    }

    private async ValueTask WriteResponseAsync(GatewayCall call, string text, ILocalTurns? local, CallOutput output, CancellationToken cancellationToken)
    {
        using var request = CreateResponseParser.Parse(call.Request.Utf8);
        using var response = await responses.PrepareAsync(call, request, local, cancellationToken);
        await using var completion = Completion(call, text);
        await responses.MakeAsync(response, local, null, (to, token) => translated.RelayAsync(response, completion, to, token), output, cancellationToken);
    }

    // No model ran: no tokens.
    private ProviderAnswer Completion(GatewayCall call, string text)
    {
        var completion = new JsonObject
        {
            ["id"] = Ids.New(Ids.ChatCompletion, time),
            ["object"] = "chat.completion",
            ["created"] = time.GetUtcNow().ToUnixTimeSeconds(),
            ["model"] = ModelName.ForClient(call),
            ["choices"] = new JsonArray(new JsonObject
            {
                ["index"] = 0,
                ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = text, ["refusal"] = null },
                ["logprobs"] = null,
                ["finish_reason"] = "stop",
            }),
            ["usage"] = new JsonObject { ["prompt_tokens"] = 0, ["completion_tokens"] = 0, ["total_tokens"] = 0 },
        };
        return new ProviderAnswer(200, "application/json", new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(completion, JsonFormat.SerializerOptions)));
    }
}
