using AiGateway.Configuration;
using AiGateway.Hooks;
using AiGateway.Protocol;
using AiGateway.Providers;
using AiGateway.Providers.Events;

namespace AiGateway.Pipeline;

/// <summary>Serves <c>POST /v1/images/generations</c>: relayed whole, or partial image by partial image.</summary>
internal sealed class ImagesHandler(Exchange exchange, HookSet hooks, StreamEnding ending, GatewayConfiguration configuration, TimeProvider time) : IApiHandler
{
    public ApiKind Api => ApiKind.Images;

    public async ValueTask HandleAsync(GatewayCall call, CallOutput output, CancellationToken cancellationToken)
    {
        // An image that may have been made has been paid for.
        var served = await exchange.SendAsync(
            call, exchange.Plan(call), call, static (route, call, _) => new(Exchange.Prepare(route, call)), mayRunTwice: false, cancellationToken);
        await using var answer = served.Answer;
        exchange.CopyHeaders(served, output);
        if (!answer.IsEventStream)
        {
            await exchange.WriteAsync(call, await WholeAnswer.ReadAsync(call, answer, cancellationToken), output, cancellationToken);
            return;
        }

        var writer = new EventStreamWriter(output);
        await ending.RunAsync(
            call,
            writer,
            () => RelayAsync(call, answer, writer, cancellationToken),
            error =>
            {
                writer.WriteEvent("error", error.ToBody());
                return default;
            },
            cancellationToken);
    }

    private async ValueTask RelayAsync(GatewayCall call, ProviderAnswer answer, EventWriter writer, CancellationToken cancellationToken)
    {
        await using var reader = new EventStreamReader(answer.Body, cancellationToken: cancellationToken);
        using var pump = new EventPump(reader, writer, configuration.Current.HeartbeatInterval, time, cancellationToken);
        var shown = hooks.Watches(call) ? new StreamEvent() : null;
        var completed = false;
        while (await pump.NextAsync())
        {
            var data = reader.Data;
            call.Meter.NoteEvent();
            if (data.Span.SequenceEqual("[DONE]"u8))
            {
                writer.WriteDone();
                return;
            }

            if (!BodyScan.TryScan(data.Span, out var scan))
                throw new ProviderException(ProviderFailure.InvalidAnswer);
            if (scan.IsError)
                throw Exchange.Reported(call, data.Span);
            call.Usage = scan.Usage ?? call.Usage;
            completed |= reader.EventType.EndsWith(".completed", StringComparison.Ordinal);
            if (shown is not null)
            {
                shown.Reset(reader.EventType, data);
                await hooks.StreamAsync(call, shown, cancellationToken);
                if (shown.IsDropped)
                    continue;
                data = shown.ToUtf8();
            }

            writer.WriteEvent(reader.EventType, data.Span);
        }

        if (!completed)
            throw new ProviderException(ProviderFailure.ClosedEarly);
    }
}
