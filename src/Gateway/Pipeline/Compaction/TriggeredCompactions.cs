using AiGateway.Configuration;
using AiGateway.Hooks;
using AiGateway.Responses;
using AiGateway.Routing;
using AiGateway.Translation.ChatToResponse;

namespace AiGateway.Pipeline.Compaction;

/// <summary>
/// Makes a response whose input ends with a <c>compaction_trigger</c>: one compaction item, which stands for the whole context, is all of its output
/// (OpenAI's "Compacts the current context"). It is made here for every provider alike: what a provider sealed would open nowhere else.
/// </summary>
internal sealed class TriggeredCompactions(
    Exchange exchange, HookSet hooks, StreamEnding ending, GatewayConfiguration configuration, ServerCompaction compaction, TimeProvider time)
{
    /// <summary>Makes it, and answers.</summary>
    public async ValueTask MakeAsync(ResponseCall response, RoutePlan plan, CallOutput output, CancellationToken cancellationToken)
    {
        if (response.Request.Stream)
        {
            var writer = output.OpenEvents();
            await StreamAsync(response, plan, writer, new ClientStream(writer), cancellationToken);
            return;
        }

        var (status, body) = await MakeWholeAsync(response, plan, cancellationToken);
        await exchange.WriteAsync(response.Call, body, output, cancellationToken, keep: sent => response.KeepAsync(status, sent));
    }

    /// <summary>Makes it whole.</summary>
    /// <returns>Its last state, and its object.</returns>
    public async ValueTask<(string Status, ReadOnlyMemory<byte> Body)> MakeWholeAsync(ResponseCall response, RoutePlan plan, CancellationToken cancellationToken)
    {
        var snapshot = response.Snapshot(configuration.Current);
        await AddAsync(await CompactAsync(response, plan, cancellationToken), snapshot, Assembler(response, snapshot, null));
        return (snapshot.Status, snapshot.Render());
    }

    /// <summary>Streams it. Nothing is sent before the item is there, so that a failure can still be an HTTP status.</summary>
    /// <param name="response">The response.</param>
    /// <param name="plan">Who serves the model.</param>
    /// <param name="writer">Who listens.</param>
    /// <param name="sink">Where the events go.</param>
    /// <param name="cancellationToken">Ends when the client leaves, or the response is cancelled.</param>
    public async ValueTask StreamAsync(
        ResponseCall response, RoutePlan plan, EventWriter writer, IResponseEventSink sink, CancellationToken cancellationToken)
    {
        var snapshot = response.Snapshot(configuration.Current);
        using var events = new ResponseEventWriter(hooks, response.Call, sink, cancellationToken, response.NextSequence);
        var assembler = Assembler(response, snapshot, events);
        await ending.RunAsync(
            response.Call,
            writer,
            async () =>
            {
                var compacted = await CompactAsync(response, plan, cancellationToken);
                writer.Start();
                if (!response.IsBegun)
                    await assembler.StartAsync();
                await AddAsync(compacted, snapshot, assembler);
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

    private async ValueTask<StreamCompaction> CompactAsync(ResponseCall response, RoutePlan plan, CancellationToken cancellationToken)
    {
        var compacted = await compaction.CompactAsync(response.Request, response.Items, response.Call, plan, cancellationToken);
        response.Call.Usage = compacted.Usage;
        return compacted;
    }

    private async ValueTask AddAsync(StreamCompaction compacted, ResponseSnapshot snapshot, ResponseAssembler assembler)
    {
        await assembler.AddCompactionAsync(compacted.EncryptedContent);
        snapshot.Usage = compacted.Usage ?? new(0, 0, 0);
        snapshot.Status = ResponseStatus.Completed;
        snapshot.CompletedAt = time.GetUtcNow().ToUnixTimeSeconds();
    }

    private ResponseAssembler Assembler(ResponseCall response, ResponseSnapshot snapshot, ResponseEventWriter? events) => new(
        snapshot,
        response.Request,
        new ItemEvents(events, ReasoningEventNames.For(configuration.Current.ReasoningEvents, response.Call), obfuscate: false),
        response.NewOutputIds(),
        time);
}
