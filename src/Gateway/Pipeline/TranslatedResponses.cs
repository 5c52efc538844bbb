using System.Buffers;
using AiGateway.Configuration;
using AiGateway.Hooks;
using AiGateway.Protocol;
using AiGateway.Providers;
using AiGateway.Providers.Events;
using AiGateway.Responses;
using AiGateway.Routing;
using AiGateway.Translation;
using AiGateway.Translation.ChatToResponse;

namespace AiGateway.Pipeline;

/// <summary>Serves a response by a provider that speaks chat: the request is translated there, the answer back, whole or event by event.</summary>
internal sealed class TranslatedResponses(
    Exchange exchange, HookSet hooks, StreamEnding ending, GatewayConfiguration configuration, TimeProvider time)
{
    public async ValueTask HandleAsync(ResponseCall response, Route route, CallOutput output, CancellationToken cancellationToken)
    {
        var body = new ArrayBufferWriter<byte>(1024);
        ResponsesToChat.Write(body, response.Request, response.Context.Items, route.ProviderModel, response.Request.Stream, route.Provider.Options);
        await using var answer = await Exchange.SendAsync(response.Call, route, ApiKind.Chat, body.WrittenMemory, cancellationToken);
        Exchange.CopyHeaders(answer, output);
        await RelayAsync(response, answer, output, cancellationToken);
    }

    /// <summary>Says a chat answer as a response.</summary>
    /// <param name="response">The response.</param>
    /// <param name="answer">A successful chat answer; JSON or events.</param>
    /// <param name="output">Where it goes.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    public ValueTask RelayAsync(ResponseCall response, ProviderAnswer answer, CallOutput output, CancellationToken cancellationToken) =>
        response.Request.Stream
            ? RelayStreamAsync(response, answer, output, cancellationToken)
            : RelayBodyAsync(response, answer, output, cancellationToken);

    private async ValueTask RelayBodyAsync(ResponseCall response, ProviderAnswer answer, CallOutput output, CancellationToken cancellationToken)
    {
        var snapshot = response.NewSnapshot(configuration.Current, time);
        var assembler = new ResponseAssembler(snapshot, response.Request, Events(response, null), time);
        await AddWholeAsync(response, answer, assembler, cancellationToken);
        await assembler.CloseAsync();
        await exchange.WriteAsync(
            response.Call, snapshot.Render(), output, cancellationToken, keep: sent => response.KeepAsync(snapshot.Id, snapshot.Status, sent));
    }

    private ValueTask RelayStreamAsync(ResponseCall response, ProviderAnswer answer, CallOutput output, CancellationToken cancellationToken)
    {
        var call = response.Call;
        var writer = new EventStreamWriter(output);
        var snapshot = response.NewSnapshot(configuration.Current, time);
        var events = new ResponseEventWriter(hooks, call, new ClientStream(writer), cancellationToken);
        var assembler = new ResponseAssembler(snapshot, response.Request, Events(response, events), time);
        return ending.RunAsync(
            call,
            writer,
            async () =>
            {
                writer.Start();
                await assembler.StartAsync();
                await AddEventsAsync(response, answer, assembler, writer, cancellationToken);
                await assembler.CloseAsync();
                await response.KeepAsync(snapshot);
                await assembler.EndAsync();
                writer.WriteDone();
            },
            async error =>
            {
                await assembler.FailAsync(error);
                await response.KeepAsync(snapshot);
                await assembler.EndAsync();
                writer.WriteDone();
            },
            cancellationToken);
    }

    private async ValueTask AddEventsAsync(
        ResponseCall response, ProviderAnswer answer, ResponseAssembler assembler, EventStreamWriter writer, CancellationToken cancellationToken)
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
        while (!done && await pump.NextAsync())
        {
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
            response.Call.Usage = delta.Usage ?? response.Call.Usage;
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
        response.Call.Usage = delta.Usage;
        await assembler.AddAsync(delta);
    }

    private ItemEvents Events(ResponseCall response, ResponseEventWriter? writer) => new(
        writer, ReasoningEventNames.For(configuration.Current.ReasoningEvents, response.Call), response.Request.IncludeObfuscation && !response.Request.Background);
}
