using System.Text.Json;
using System.Text.Json.Nodes;
using AiGateway.Protocol;
using AiGateway.Providers;
using AiGateway.Providers.Errors;
using AiGateway.Responses;

namespace AiGateway.Translation.NativeResponses;

/// <summary>
/// Relays the events of a provider that itself speaks the Responses API: our ids and our sequence numbers, whatever else it says as it says it; and,
/// where a hook changed a delta, the change in everything that repeats it. One object per stream.
/// </summary>
internal sealed class NativeEvents(
    ResponseEventWriter events, NativeSnapshot snapshot, ToolChoice choice, ReasoningEventNames reasoningNames, Func<ReadOnlyMemory<byte>, GatewayException> reported, ItemIds ids)
{
    private readonly NativeIds _ids = new(ids);
    private readonly NativeEdits _edits = new();
    private readonly SortedSet<int> _suppressed = [];
    private readonly SortedDictionary<int, JsonObject> _done = [];
    private JsonObject? _begun;
    private bool _runs;
    private GatewayError? _error;

    /// <summary>The final object, ours; null until the provider ended its stream properly.</summary>
    public JsonObject? Final { get; private set; }

    /// <summary>How many characters were generated so far.</summary>
    public long TextLength { get; private set; }

    /// <summary>Called with the final object, and with its bytes, before the client sees it.</summary>
    public Func<JsonObject, ReadOnlyMemory<byte>, ValueTask>? OnFinal { get; init; }

    /// <summary>Says that the client knows already that the response exists and runs.</summary>
    public void SkipBeginning()
    {
        _begun = snapshot.Begun();
        _runs = true;
    }

    /// <summary>The error that the provider reported without ending the response; null for none.</summary>
    public GatewayError? Error => _error;

    /// <summary>The error that the provider ended the response with, its status the one that it would have answered with; null for none.</summary>
    public GatewayError? FinalError { get; private set; }

    /// <summary>Relays one event.</summary>
    /// <param name="data">Its JSON.</param>
    /// <exception cref="GatewayException">It is no event.</exception>
    public async ValueTask AddAsync(ReadOnlyMemory<byte> data)
    {
        var theirs = NativeJson.Read(data.Span);
        if (theirs?["type"] is not JsonValue typeValue || typeValue.GetValueKind() != JsonValueKind.String)
        {
            throw theirs?["error"] is not null
                ? reported(data)
                : new ProviderException(ProviderFailure.InvalidAnswer);
        }

        if (typeValue.GetValue<string>() == "error")
        {
            // The failed response usually follows, and says it again: only one of them is to be told as the end.
            _error = reported(data).Error;
            return;
        }

        await AddAsync(theirs);
    }

    /// <summary>Relays one event that is no error.</summary>
    /// <param name="theirs">The event; changed.</param>
    public ValueTask AddAsync(JsonObject theirs)
    {
        var type = theirs["type"]!.GetValue<string>();
        return theirs["response"] is JsonObject response ? AddLifeAsync(type, theirs, response) : AddItemEventAsync(Renamed(type), theirs);
    }

    /// <summary>Ends the response with an error that the provider did not end it with.</summary>
    public async ValueTask FailAsync(GatewayError error)
    {
        await BeginAsync();
        var failed = _begun!.DeepClone().AsObject();
        failed["status"] = ResponseStatus.Failed;
        failed["output"] = new JsonArray([.. _done.Values.Select(item => item.DeepClone())]);
        snapshot.AddBefore(failed);
        failed["error"] = new JsonObject { ["code"] = ResponseErrorCode.For(error), ["message"] = error.Message };
        await ResponseLifeEvents.WriteErrorAsync(events, error);
        await EndAsync("response.failed", failed);
    }

    private async ValueTask AddLifeAsync(string type, JsonObject theirs, JsonObject response)
    {
        var isFinal = type is "response.completed" or "response.incomplete" or "response.failed";
        if (response["output"] is not JsonArray output)
            response["output"] = output = [];
        if (isFinal)
        {
            response["status"] = type["response.".Length..];
            NativeAnswer.Suppress(output, choice);
        }

        snapshot.Adopt(response, _ids);
        _edits.Apply(output);
        switch (type)
        {
            case "response.created" when _begun is not null:
            case "response.in_progress" when _runs:
                return;
            case "response.created":
                _begun = response.DeepClone().AsObject();
                break;
            case "response.queued":
                await CreateAsync();
                break;
            case "response.in_progress":
                await CreateAsync();
                _runs = true;
                break;
            default:
                await BeginAsync();
                break;
        }

        if (isFinal)
        {
            snapshot.AddBefore(response);
            if (type == "response.failed")
                await ResponseLifeEvents.WriteErrorAsync(events, FinalError = _error ?? ErrorOf(response));
            await EndAsync(type, response);
            return;
        }

        theirs.Remove("sequence_number");
        theirs.Remove("type");
        await WriteAsync(type, theirs);
        if (type == "response.in_progress")
            await WriteFirstAsync();
    }

    private async ValueTask AddItemEventAsync(string type, JsonObject theirs)
    {
        await BeginAsync();
        NativeShape.Mend(theirs);
        if (theirs["output_index"] is JsonValue indexValue && indexValue.TryGetValue<int>(out var index))
        {
            if (type == "response.output_item.added" && theirs["item"] is JsonObject added && NativeAnswer.IsForbidden(added, choice))
                _suppressed.Add(index);
            if (_suppressed.Contains(index))
                return;
            if (_suppressed.Count > 0 || snapshot.First is not null)
                theirs["output_index"] = index - _suppressed.Count(i => i < index) + (snapshot.First is null ? 0 : 1);
            if (theirs["item"] is JsonObject item)
            {
                NativeShape.MendItem(item);
                _ids.Rename(item, index);
                snapshot.ReasoningSeals?.Apply(item);
                if (type == "response.output_item.done")
                    _done[index] = item;
            }
        }

        if (theirs["item_id"] is JsonValue itemId && itemId.GetValueKind() == JsonValueKind.String)
            theirs["item_id"] = _ids.For(itemId.GetValue<string>());
        theirs.Remove("sequence_number");
        theirs.Remove("type");
        _edits.Apply(type, theirs);
        if (theirs["delta"] is JsonValue delta && delta.GetValueKind() == JsonValueKind.String)
        {
            var said = delta.GetValue<string>();
            TextLength += said.Length;
            var kept = await WriteDeltaAsync(type, theirs, said);
            _edits.Note(type, theirs, said, kept);
        }
        else
        {
            await WriteAsync(type, theirs);
        }
    }

    // A provider that begins in the middle: its stream still begins as every stream does.
    private async ValueTask CreateAsync()
    {
        if (_begun is not null)
            return;
        _begun = snapshot.Begun();
        await ResponseLifeEvents.WriteAsync(events, "response.created", JsonSerializer.SerializeToUtf8Bytes(_begun, JsonFormat.SerializerOptions));
    }

    private async ValueTask BeginAsync()
    {
        await CreateAsync();
        if (_runs)
            return;
        _runs = true;
        _begun!["status"] = ResponseStatus.InProgress;
        await ResponseLifeEvents.WriteAsync(events, "response.in_progress", JsonSerializer.SerializeToUtf8Bytes(_begun, JsonFormat.SerializerOptions));
        await WriteFirstAsync();
    }

    /// <summary>Writes the item that stands before what the provider says, where there is one.</summary>
    public async ValueTask WriteFirstAsync()
    {
        if (snapshot.First is null)
            return;
        foreach (var type in (string[])["response.output_item.added", "response.output_item.done"])
            await WriteAsync(type, new JsonObject { ["output_index"] = 0, ["item"] = snapshot.First.DeepClone() });
    }

    private async ValueTask EndAsync(string type, JsonObject response)
    {
        Final = response;
        var utf8 = JsonSerializer.SerializeToUtf8Bytes(response, JsonFormat.SerializerOptions);
        if (OnFinal is not null)
            await OnFinal(response, utf8);
        await ResponseLifeEvents.WriteAsync(events, type, utf8);
    }

    private string Renamed(string type) => type switch
    {
        "response.reasoning_text.delta" or "response.reasoning.delta" => reasoningNames.Delta,
        "response.reasoning_text.done" or "response.reasoning.done" => reasoningNames.Done,
        _ => type,
    };

    /// <summary>Writes one event that needs no change.</summary>
    /// <param name="events">Where.</param>
    /// <param name="streamed">The event, with its type; changed.</param>
    public static ValueTask<bool> WriteAsync(ResponseEventWriter events, JsonObject streamed)
    {
        var type = streamed["type"]!.GetValue<string>();
        streamed.Remove("type");
        WriteMembers(events, type, streamed);
        return events.EndAsync();
    }

    private ValueTask<bool> WriteAsync(string type, JsonObject members)
    {
        WriteMembers(events, type, members);
        return events.EndAsync();
    }

    private ValueTask<string?> WriteDeltaAsync(string type, JsonObject members, string delta)
    {
        WriteMembers(events, type, members);
        return events.EndDeltaAsync(delta);
    }

    private static void WriteMembers(ResponseEventWriter events, string type, JsonObject members)
    {
        var json = events.Begin(type);
        foreach (var (name, value) in members)
        {
            json.WritePropertyName(name);
            if (value is null)
                json.WriteNullValue();
            else
                value.WriteTo(json);
        }
    }

    private static GatewayError ErrorOf(JsonObject response)
    {
        var error = response["error"] as JsonObject;
        var code = error?["code"]?.ToString() ?? "server_error";
        return new GatewayError(
            ProviderErrors.StatusFor(code) ?? 502,
            GatewayErrors.ServerErrorType,
            code,
            error?["message"]?.ToString() ?? "The model's provider failed.");
    }
}
