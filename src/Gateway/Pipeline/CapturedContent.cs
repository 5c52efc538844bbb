using System.Diagnostics;
using System.Text.Json;
using AiGateway.Hooks;
using AiGateway.Protocol;
using AiGateway.Telemetry.Content;
using AiGateway.Translation.ChunksToCompletion;

namespace AiGateway.Pipeline;

/// <summary>What was asked and answered in one call, for its trace. There only where the settings ask for it (<c>Telemetry:CaptureContent</c>) and the call is traced.</summary>
internal sealed class CapturedContent : IContentWatcher
{
    private CompletionAssembler? _chunks;
    private ReadOnlyMemory<byte> _answer;

    public void OnAnswer(ReadOnlyMemory<byte> utf8) => _answer = utf8.ToArray();

    // A response's last event has the whole of it.
    public void OnEvent(string? type, ReadOnlyMemory<byte> utf8)
    {
        if (type is null)
            Add(utf8);
        else if (type is "response.completed" or "response.incomplete" or "response.failed")
            _answer = utf8.ToArray();
    }

    /// <summary>Puts it on the call's activity. Never throws: what cannot be read is left out.</summary>
    /// <param name="activity">The activity.</param>
    /// <param name="request">The request; null where none was read.</param>
    public void Put(Activity activity, GatewayRequest? request)
    {
        var answer = _chunks is null ? _answer : _chunks.ToCompletion();
        if (request is not null)
        {
            Put(activity, "gen_ai.system_instructions", request.Utf8, RequestMessages.Instructions);
            Put(activity, "gen_ai.input.messages", request.Utf8, RequestMessages.Of);
        }

        Put(activity, "gen_ai.output.messages", answer, AnswerMessages.Of);
    }

    // The client has it as it is.
    private void Add(ReadOnlyMemory<byte> chunk)
    {
        try
        {
            (_chunks ??= new CompletionAssembler()).Add(chunk);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Left out.
        }
    }

    private static void Put(Activity activity, string name, ReadOnlyMemory<byte> json, Func<JsonElement, string?> read)
    {
        if (json.IsEmpty)
            return;
        try
        {
            using var document = JsonDocument.Parse(json, JsonFormat.DocumentOptions);
            if (document.RootElement.ValueKind == JsonValueKind.Object && read(document.RootElement) is { } text)
                activity.SetTag(name, text);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Half of a character in an escape, or the like.
        }
    }
}
