using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using AiGateway.Configuration;
using AiGateway.Hooks;
using AiGateway.Protocol;
using AiGateway.Providers;
using AiGateway.Providers.Events;
using AiGateway.Responses;
using AiGateway.Routing;
using AiGateway.Translation.NativeResponses;

namespace AiGateway.Pipeline;

/// <summary>Serves a response by a provider that itself speaks the Responses API: relayed, with ids and sequence numbers of our own.</summary>
internal sealed class NativeResponses(
    Exchange exchange, HookSet hooks, StreamEnding ending, GatewayConfiguration configuration, TimeProvider time)
{
    public async ValueTask HandleAsync(ResponseCall response, Route route, CallOutput output, CancellationToken cancellationToken)
    {
        var body = new ArrayBufferWriter<byte>(1024);
        NativeRequest.Write(body, response.Request, response.Context.Items, route.ProviderModel);
        await using var answer = await Exchange.SendAsync(response.Call, route, ApiKind.Responses, body.WrittenMemory, cancellationToken);
        Exchange.CopyHeaders(answer, output);
        if (response.Request.Stream)
            await RelayStreamAsync(response, answer, output, cancellationToken);
        else
            await RelayBodyAsync(response, answer, output, cancellationToken);
    }

    private async ValueTask RelayBodyAsync(ResponseCall response, ProviderAnswer answer, CallOutput output, CancellationToken cancellationToken)
    {
        var snapshot = new NativeSnapshot(response.NewSnapshot(configuration.Current, time), response.Call.ProviderOptions!, time);
        var final = await ReadWholeAsync(response, answer, snapshot, cancellationToken);
        var body = JsonSerializer.SerializeToUtf8Bytes(final, JsonFormat.SerializerOptions);
        var status = final["status"]!.GetValue<string>();
        await exchange.WriteAsync(response.Call, body, output, cancellationToken, keep: sent => response.KeepAsync(snapshot.Id, status, sent));
    }

    private ValueTask RelayStreamAsync(ResponseCall response, ProviderAnswer answer, CallOutput output, CancellationToken cancellationToken)
    {
        var call = response.Call;
        var writer = new EventStreamWriter(output);
        var snapshot = new NativeSnapshot(response.NewSnapshot(configuration.Current, time), response.Call.ProviderOptions!, time);
        var events = new NativeEvents(
            new ResponseEventWriter(hooks, call, new ClientStream(writer), cancellationToken),
            snapshot,
            response.Request.ToolChoice,
            ReasoningEventNames.For(configuration.Current.ReasoningEvents, call),
            report => Exchange.Reported(call, report.Span),
            time)
        {
            OnFinal = (final, utf8) => FinishAsync(response, snapshot.Id, final, utf8),
        };
        return ending.RunAsync(
            call,
            writer,
            () => RelayEventsAsync(response, answer, snapshot, events, writer, cancellationToken),
            async error =>
            {
                await events.FailAsync(error);
                writer.WriteDone();
            },
            cancellationToken);
    }

    private async ValueTask RelayEventsAsync(
        ResponseCall response, ProviderAnswer answer, NativeSnapshot snapshot, NativeEvents events, EventStreamWriter writer, CancellationToken cancellationToken)
    {
        if (!answer.IsEventStream)
        {
            await RelayWholeAsync(await ReadWholeAsync(response, answer, snapshot, cancellationToken), events);
            writer.WriteDone();
            return;
        }

        await using var reader = new EventStreamReader(answer.Body, cancellationToken: cancellationToken);
        using var pump = new EventPump(reader, writer, configuration.Current.HeartbeatInterval, time, cancellationToken);
        while (events.Final is null && await pump.NextAsync() && !reader.Data.Span.SequenceEqual("[DONE]"u8))
            await events.AddAsync(reader.Data);
        if (events.Final is null)
            throw events.Error is { } error ? new GatewayException(error) : new ProviderException(ProviderFailure.ClosedEarly);
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

    private async ValueTask<JsonObject> ReadWholeAsync(ResponseCall response, ProviderAnswer answer, NativeSnapshot snapshot, CancellationToken cancellationToken)
    {
        var body = await answer.ReadToEndAsync(Exchange.MaxAnswerBytes, cancellationToken);
        var final = NativeAnswer.Adopt(body, snapshot, response.Request.ToolChoice, report => Exchange.Reported(response.Call, report.Span), time);
        response.Call.Usage = NativeSnapshot.UsageOf(final);
        return final;
    }

    private static ValueTask FinishAsync(ResponseCall response, string id, JsonObject final, ReadOnlyMemory<byte> utf8)
    {
        response.Call.Usage = NativeSnapshot.UsageOf(final);
        return response.KeepAsync(id, final["status"]!.GetValue<string>(), utf8);
    }
}
