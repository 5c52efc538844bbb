using AiGateway.Configuration;
using AiGateway.Hooks;
using AiGateway.Protocol;
using AiGateway.Providers;
using AiGateway.Providers.Events;
using AiGateway.Responses;
using AiGateway.Translation.ChatToResponse;

namespace AiGateway.Pipeline;

/// <summary>Makes a response by a provider that speaks chat: the request is translated there, the answer back, whole or event by event.</summary>
internal sealed class TranslatedResponses(Exchange exchange, HookSet hooks, StreamEnding ending, GatewayConfiguration configuration, TimeProvider time)
{
    /// <summary>Says a chat answer as a response.</summary>
    /// <param name="response">The response.</param>
    /// <param name="answer">A successful chat answer; JSON or events.</param>
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
    /// <param name="answer">A successful chat answer.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    /// <returns>The response's last state, and its object.</returns>
    public async ValueTask<(string Status, ReadOnlyMemory<byte> Body)> ReadWholeAsync(
        ResponseCall response, ProviderAnswer answer, CancellationToken cancellationToken)
    {
        var snapshot = response.Snapshot(configuration.Current);
        var assembler = new ResponseAssembler(snapshot, response.Request, Events(response, null), response.NewOutputIds(), time);
        await BeginAsync(response, snapshot, assembler);
        await AddWholeAsync(response, answer, assembler, cancellationToken);
        await assembler.CloseAsync();
        return (snapshot.Status, snapshot.Render());
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
        var snapshot = response.Snapshot(configuration.Current);
        var events = new ResponseEventWriter(hooks, call, sink, cancellationToken, response.NextSequence);
        var assembler = new ResponseAssembler(snapshot, response.Request, Events(response, events), response.NewOutputIds(), time);
        return ending.RunAsync(
            call,
            writer,
            async () =>
            {
                await using var answer = await send();
                await writer.StartAsync(cancellationToken);
                if (!response.IsBegun)
                    await assembler.StartAsync();
                await BeginAsync(response, snapshot, assembler);
                await AddEventsAsync(response, answer, assembler, writer, cancellationToken);
                await assembler.CloseAsync();
                await EndAsync();
            },
            async error =>
            {
                await assembler.FailAsync(error);
                await EndAsync();
            },
            cancellationToken);

        async ValueTask EndAsync()
        {
            var body = snapshot.Render();
            await response.KeepAsync(snapshot.Status, body, writer, cancellationToken);
            await assembler.EndAsync(body);
            writer.WriteDone();
        }
    }

    private static ValueTask BeginAsync(ResponseCall response, ResponseSnapshot snapshot, ResponseAssembler assembler)
    {
        if (response.Compaction is not { } compaction)
            return default;
        snapshot.UsageBefore = compaction.Usage;
        return assembler.AddCompactionAsync(compaction.EncryptedContent);
    }

    private async ValueTask AddEventsAsync(
        ResponseCall response, ProviderAnswer answer, ResponseAssembler assembler, EventWriter writer, CancellationToken cancellationToken)
    {
        if (!answer.IsEventStream)
        {
            await AddWholeAsync(response, answer, assembler, cancellationToken);
            return;
        }

        await using var reader = new EventStreamReader(answer.Body, cancellationToken: cancellationToken);
        using var pump = new EventPump(reader, writer, configuration.Current.HeartbeatInterval, time, cancellationToken);
        var delta = new ChatDelta();
        var shortcut = new ChatDeltaShortcut();
        var done = false;
        var meter = response.Call.Meter;
        while (!done && await pump.NextAsync())
        {
            meter.NoteEvent();
            if (reader.Data.Span.SequenceEqual("[DONE]"u8))
            {
                done = true;
                continue;
            }

            if (!shortcut.TryRead(reader.Data.Span, delta))
            {
                if (!ChatDeltaReader.TryRead(reader.Data.Span, delta))
                    throw new ProviderException(ProviderFailure.InvalidAnswer);
                shortcut.Learn(reader.Data.Span, delta);
            }

            if (delta.IsError)
                throw Exchange.Reported(response.Call, reader.Data.Span);
            response.Call.Usage = delta.Usage is null ? response.Call.Usage : response.Total(delta.Usage);
            meter.TextBytes += delta.TextLength;
            await assembler.AddAsync(delta);
        }

        if (!done && !assembler.SawFinish)
            throw new ProviderException(ProviderFailure.ClosedEarly);
    }

    private static async ValueTask AddWholeAsync(
        ResponseCall response, ProviderAnswer answer, ResponseAssembler assembler, CancellationToken cancellationToken)
    {
        var body = await answer.ReadToEndAsync(Exchange.MaxAnswerBytes, cancellationToken);
        var delta = new ChatDelta();
        var isJson = ChatDeltaReader.TryRead(body.Span, delta);
        if (isJson && delta.IsError)
            throw Exchange.Reported(response.Call, body.Span);
        if (!isJson || !delta.HasChoice)
            throw new ProviderException(ProviderFailure.InvalidAnswer);
        response.Call.Usage = response.Total(delta.Usage);
        await assembler.AddAsync(delta);
    }

    private ItemEvents Events(ResponseCall response, ResponseEventWriter? writer) => new(
        writer, ReasoningEventNames.For(configuration.Current.ReasoningEvents, response.Call), response.Request.IncludeObfuscation && !response.Request.Background);
}
