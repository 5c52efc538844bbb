using System.Buffers;
using System.Text.Json;
using AiGateway.Protocol;
using AiGateway.Providers;
using AiGateway.Providers.Errors;

namespace AiGateway.Translation;

/// <summary>
/// One stream of response events, turned into chat chunks (<c>spec/responses.md</c> §10, §20). Deltas go out as they come; what a
/// provider says only in a done or terminal event goes out then, so that nothing is lost and nothing is said twice.
/// </summary>
public sealed class ResponseEventsToChatChunks
{
    private readonly ChatChunkWriter _chunks;
    private readonly ResponseDeltas _deltas;
    private readonly ChatAnswerForm _form;
    private readonly string _model;
    private readonly TimeProvider _time;

    /// <summary>Begins a stream.</summary>
    /// <param name="form">What the chat request asked for.</param>
    /// <param name="model">The model's name, for a stream that does not say it.</param>
    /// <param name="time">The clock, for a stream without a time; null for the system's.</param>
    public ResponseEventsToChatChunks(ChatAnswerForm form, string model, TimeProvider? time = null)
    {
        _form = form;
        _model = model;
        _time = time ?? TimeProvider.System;
        _chunks = new ChatChunkWriter(form);
        _deltas = new ResponseDeltas(form, _chunks);
    }

    /// <summary>Whether the stream has ended; what comes after is ignored.</summary>
    public bool IsFinished { get; private set; }

    /// <summary>What the response used; null until it says so.</summary>
    public TokenUsage? Usage { get; private set; }

    /// <summary>What the stream ended with, if it failed.</summary>
    public GatewayError? Error { get; private set; }

    /// <summary>Takes one event and writes the chunks that it makes: none, one or several, each a whole <c>data:</c> frame.</summary>
    /// <param name="type">The event's name; null or empty to take it from the data.</param>
    /// <param name="data">The event's data: one JSON object.</param>
    /// <param name="output">Where the frames go.</param>
    /// <returns>Whether the stream has ended: with <c>[DONE]</c>, or with an error frame.</returns>
    /// <exception cref="ProviderException">The data is not JSON of the form that the API gives.</exception>
    public bool OnEvent(string? type, ReadOnlySpan<byte> data, IBufferWriter<byte> output)
    {
        if (IsFinished)
            return true;
        _chunks.Output = output;
        try
        {
            var fields = ResponseEventFields.Read(data, withType: string.IsNullOrEmpty(type));
            Dispatch(string.IsNullOrEmpty(type) ? fields.Type : type, fields, data);
        }
        catch (Exception e) when (e is InvalidOperationException or JsonException)
        {
            throw new ProviderException(ProviderFailure.InvalidAnswer, e);
        }

        return IsFinished;
    }

    /// <summary>Says that no more events come. A stream that ends without its terminal event was cut off.</summary>
    /// <param name="output">Where the error frame goes.</param>
    public void OnEnd(IBufferWriter<byte> output) => Fail(new ProviderException(ProviderFailure.ClosedEarly).Error, output);

    /// <summary>Ends the stream with an error, unless it has ended.</summary>
    /// <param name="error">What the client is told.</param>
    /// <param name="output">Where the error frame goes.</param>
    public void Fail(GatewayError error, IBufferWriter<byte> output)
    {
        if (IsFinished)
            return;
        IsFinished = true;
        Error = error;
        _chunks.Output = output;
        _chunks.Error(error);
    }

    private void Dispatch(string? type, ResponseEventFields fields, ReadOnlySpan<byte> data)
    {
        switch (type)
        {
            case "response.created" or "response.queued" or "response.in_progress":
                if (!_chunks.IsNamed && !fields.Subject.IsEmpty)
                    Name(Parse(fields.Subject));
                return;
            case "response.completed" or "response.incomplete":
                OnTerminal(fields.Subject.IsEmpty ? throw new ProviderException(ProviderFailure.InvalidAnswer) : Parse(fields.Subject));
                return;
            case "response.failed":
                var failed = fields.Subject.IsEmpty ? Parse(data) : Parse(fields.Subject);
                Usage = ResponseOutcome.Usage(failed) ?? Usage;
                Fail(ResponseOutcome.Error(failed), _chunks.Output);
                return;
            case "error":
                Fail(ResponseOutcome.Error(Parse(data)), _chunks.Output);
                return;
            case null:
                // A provider that is down may not take the trouble to name its report.
                if (ProviderErrors.FromEvent(data, new ProviderOptions()) is { } error)
                    Fail(error, _chunks.Output);
                return;
        }

        if (!_chunks.IsNamed)
            Name(default);
        _deltas.On(type, fields);
    }

    private void OnTerminal(JsonElement response)
    {
        if (!_chunks.IsNamed)
            Name(response);
        if (response.Has("output"u8, out var items) && items.ValueKind == JsonValueKind.Array)
        {
            var i = 0;
            foreach (var item in items.EnumerateArray())
                _deltas.Complete(i++, item);
        }

        _chunks.Role(isCall: false);
        Usage = ResponseOutcome.Usage(response);
        IsFinished = true;
        _chunks.Finish(ResponseOutcome.FinishReason(response, _deltas.HasCalls, _form));
        _chunks.Usage(Usage);
        _chunks.Done();
    }

    private void Name(JsonElement response) => _chunks.Name(
        ResponseOutcome.ChatId(response),
        ResponseOutcome.Created(response, _time),
        ResponseOutcome.Text(response, "model"u8) ?? _model);

    private static JsonElement Parse(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, JsonFormat.ReaderOptions);
        return JsonElement.ParseValue(ref reader);
    }
}
