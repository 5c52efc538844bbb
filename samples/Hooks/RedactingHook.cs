using System.Text.Json.Nodes;
using AiGateway.Hooks;
using Microsoft.Extensions.Options;

namespace AiGateway.Samples.Hooks;

/// <summary>
/// Takes words out of the generated text, streamed or not. Only out of that: reasoning, tool arguments and log probabilities are left as they are, and
/// a product that redacts in earnest has to see to them too.
/// </summary>
internal sealed class RedactingHook(IOptions<SampleOptions> options) : IStreamHook, IResponseHook
{
    private readonly string[] _words = [.. options.Value.Redact];

    public ValueTask OnStreamEventAsync(GatewayCall call, StreamEvent streamEvent, CancellationToken cancellationToken)
    {
        switch (streamEvent.Type)
        {
            case null:
                EditChunk(call, streamEvent);
                break;
            case "response.output_text.delta":
                streamEvent.EditText(RedactorOf(call, "text").Add);
                break;
            case "response.output_text.done":
                // A hook cannot add an event, so the beginning of a word at the very end of a text stays held back.
                call.Items.Remove("RedactingHook.text");
                break;
        }

        return default;
    }

    public ValueTask OnResponseAsync(GatewayCall call, CallResult result, CancellationToken cancellationToken)
    {
        if (!result.IsStream)
        {
            result.EditText(text =>
            {
                var redactor = new Redactor(_words);
                return redactor.Add(text) + redactor.Rest();
            });
        }

        return default;
    }

    private void EditChunk(GatewayCall call, StreamEvent chunk)
    {
        // A chunk carries one choice; several choices take turns, and each has its own text.
        if (chunk.Json["choices"] is not JsonArray { Count: > 0 } choices || choices[0] is not JsonObject choice)
            return;
        var redactor = RedactorOf(call, choice["index"]?.ToString() ?? "0");
        chunk.EditText(redactor.Add);
        if (choice["finish_reason"] is not null && redactor.Rest() is { Length: > 0 } rest && choice["delta"] is JsonObject delta)
            delta["content"] = delta["content"]?.ToString() + rest;
    }

    private Redactor RedactorOf(GatewayCall call, string text)
    {
        var key = "RedactingHook." + text;
        if (!call.Items.TryGetValue(key, out var redactor))
            call.Items[key] = redactor = new Redactor(_words);
        return (Redactor)redactor!;
    }
}
