using System.Text.Json;
using System.Text.Json.Nodes;
using AiGateway.Configuration;
using AiGateway.Hooks;
using AiGateway.Protocol;
using AiGateway.Providers;
using AiGateway.Providers.Events;
using AiGateway.Responses;
using AiGateway.Translation.NativeResponses;

namespace AiGateway.Pipeline;

/// <summary>Serves a response by a provider that itself speaks the Responses API: relayed, with ids and sequence numbers of our own.</summary>
internal sealed class NativeResponses(Exchange exchange, HookSet hooks, StreamEnding ending, GatewayConfiguration configuration, TimeProvider time)
{
    /// <summary>Relays an answer.</summary>
    /// <param name="response">The response.</param>
    /// <param name="answer">A successful answer; JSON or events.</param>
    /// <param name="output">Where it goes.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    public async ValueTask RelayAsync(ResponseCall response, ProviderAnswer answer, CallOutput output, CancellationToken cancellationToken)
    {
        if (response.Request.Stream)
        {
            var writer = output.OpenEvents();
            await StreamAsync(response, () => new(answer), writer, new ClientStream(writer), cancellationToken);
            return;
        }

        var (status, body) = await ReadWholeAsync(response, answer, cancellationToken);
        await exchange.WriteAsync(response.Call, body, output, cancellationToken, keep: sent => response.KeepAsync(status, sent));
    }

    /// <summary>Reads a whole answer.</summary>
    /// <param name="response">The response.</param>
    /// <param name="answer">A successful answer.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    /// <returns>The response's last state, and its object.</returns>
    public async ValueTask<(string Status, ReadOnlyMemory<byte> Body)> ReadWholeAsync(
        ResponseCall response, ProviderAnswer answer, CancellationToken cancellationToken)
    {
        var (snapshot, ids) = (NewSnapshot(response), response.NewOutputIds());
        Begin(response, snapshot, ids);
        var final = await ReadWholeAsync(response, answer, snapshot, ids, cancellationToken);
        snapshot.AddBefore(final);
        response.Call.Usage = NativeSnapshot.UsageOf(final);
        return (final["status"]!.GetValue<string>(), JsonSerializer.SerializeToUtf8Bytes(final, JsonFormat.SerializerOptions));
    }

    /// <summary>Streams the response.</summary>
    /// <param name="response">The response.</param>
    /// <param name="send">Gives the provider's answer. What it throws is an event where the stream has begun.</param>
    /// <param name="writer">Who listens.</param>
    /// <param name="sink">Where the events go.</param>
    /// <param name="cancellationToken">Ends when the client leaves, or the response is cancelled.</param>
    public ValueTask StreamAsync(
        ResponseCall response, Func<ValueTask<ProviderAnswer>> send, EventWriter writer, IResponseEventSink sink, CancellationToken cancellationToken)
    {
        var call = response.Call;
        var (snapshot, ids) = (NewSnapshot(response), response.NewOutputIds());
        var events = new NativeEvents(
            new ResponseEventWriter(hooks, call, sink, cancellationToken, response.NextSequence),
            snapshot,
            response.Request.ToolChoice,
            ReasoningEventNames.For(configuration.Current.ReasoningEvents, call),
            report => Exchange.Reported(call, report.Span),
            ids)
        {
            OnFinal = (final, utf8) => FinishAsync(response, final, utf8, writer, cancellationToken),
        };
        if (response.IsBegun)
            events.SkipBeginning();
        return ending.RunAsync(
            call,
            writer,
            async () =>
            {
                await using var answer = await send();
                Begin(response, snapshot, ids);
                if (response.IsBegun)
                    await events.WriteFirstAsync();
                await RelayEventsAsync(response, answer, snapshot, ids, events, writer, cancellationToken);
            },
            async error =>
            {
                await events.FailAsync(error);
                writer.WriteDone();
            },
            cancellationToken);
    }

    // Only now is it known: what goes before the answer is made on the way to the provider.
    private static void Begin(ResponseCall response, NativeSnapshot snapshot, ItemIds ids)
    {
        snapshot.ReasoningSeals = response.ReasoningSeals;
        if (response.Compaction is not { } compaction)
            return;
        snapshot.UsageBefore = compaction.Usage;
        snapshot.First = new JsonObject
        {
            ["id"] = ids.Next(Ids.Compaction),
            ["type"] = "compaction",
            ["status"] = "completed",
            ["encrypted_content"] = compaction.EncryptedContent,
        };
    }

    private NativeSnapshot NewSnapshot(ResponseCall response) => new(response.Snapshot(configuration.Current), response.Call.ProviderOptions!, time);

    private async ValueTask RelayEventsAsync(
        ResponseCall response, ProviderAnswer answer, NativeSnapshot snapshot, ItemIds ids, NativeEvents events, EventWriter writer, CancellationToken cancellationToken)
    {
        if (!answer.IsEventStream)
        {
            await RelayWholeAsync(await ReadWholeAsync(response, answer, snapshot, ids, cancellationToken), events);
            writer.WriteDone();
            return;
        }

        await using var reader = new EventStreamReader(answer.Body, cancellationToken: cancellationToken);
        using var pump = new EventPump(reader, writer, configuration.Current.HeartbeatInterval, time, cancellationToken);
        var meter = response.Call.Meter;
        while (events.Final is null && await pump.NextAsync() && !reader.Data.Span.SequenceEqual("[DONE]"u8))
        {
            meter.NoteEvent();
            await events.AddAsync(reader.Data);
            meter.TextBytes = events.TextLength;
        }

        if (events.Final is null)
            throw events.Error is { } error ? new ReportedException(error) : new ProviderException(ProviderFailure.ClosedEarly);
        if (events.FinalError is { } failed && response.Call.Verdict is { } verdict)
            await verdict.BrokeAsync(new ReportedException(failed));
        writer.WriteDone();
    }

    // Some providers answer a stream's request with a whole response.
    private static async ValueTask RelayWholeAsync(JsonObject final, NativeEvents events)
    {
        foreach (var streamed in NativeReplay.ItemEvents(final))
            await events.AddAsync(streamed);
        await events.AddAsync(new JsonObject { ["type"] = "response." + final["status"]!.GetValue<string>(), ["response"] = final });
        if (events.Final is null)
            throw new ProviderException(ProviderFailure.InvalidAnswer);
    }

    private async ValueTask<JsonObject> ReadWholeAsync(
        ResponseCall response, ProviderAnswer answer, NativeSnapshot snapshot, ItemIds ids, CancellationToken cancellationToken)
    {
        var body = await answer.ReadToEndAsync(Exchange.MaxAnswerBytes, cancellationToken);
        var final = NativeAnswer.Adopt(body, snapshot, response.Request.ToolChoice, report => Exchange.Reported(response.Call, report.Span), ids);
        response.Call.Usage = NativeSnapshot.UsageOf(final);
        return final;
    }

    private static ValueTask FinishAsync(
        ResponseCall response, JsonObject final, ReadOnlyMemory<byte> utf8, EventWriter writer, CancellationToken cancellationToken)
    {
        response.Call.Usage = NativeSnapshot.UsageOf(final);
        return response.KeepAsync(final["status"]!.GetValue<string>(), utf8, writer, cancellationToken);
    }
}
