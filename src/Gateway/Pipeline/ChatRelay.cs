using System.Buffers;
using System.Runtime.CompilerServices;
using AiGateway.Configuration;
using AiGateway.Hooks;
using AiGateway.Pipeline.StoredCompletions;
using AiGateway.Protocol;
using AiGateway.Providers;
using AiGateway.Providers.Events;
using AiGateway.Translation;

namespace AiGateway.Pipeline;

/// <summary>Relays a chat provider's answer: whole or chunk by chunk, in bytes, with the asked name in it and the usage read.</summary>
internal sealed class ChatRelay(Exchange exchange, HookSet hooks, StreamEnding ending, GatewayConfiguration configuration, TimeProvider time)
{
    /// <summary>Relays an answer.</summary>
    /// <param name="call">The call.</param>
    /// <param name="answer">A successful answer; JSON or events.</param>
    /// <param name="kept">What is to be kept of it; null for nothing.</param>
    /// <param name="output">Where it goes.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    public ValueTask RelayAsync(GatewayCall call, ProviderAnswer answer, KeptCompletion? kept, CallOutput output, CancellationToken cancellationToken) =>
        call.Request.Stream
            ? RelayStreamAsync(call, answer, kept, output, cancellationToken)
            : RelayBodyAsync(call, answer, kept, output, cancellationToken);

    private async ValueTask RelayBodyAsync(GatewayCall call, ProviderAnswer answer, KeptCompletion? kept, CallOutput output, CancellationToken cancellationToken)
    {
        var body = await WholeAnswer.ReadAsync(call, answer, cancellationToken, kept?.Id);
        await exchange.WriteAsync(call, body, output, cancellationToken, keep: kept is null ? null : kept.KeepAsync);
    }

    private ValueTask RelayStreamAsync(GatewayCall call, ProviderAnswer answer, KeptCompletion? kept, CallOutput output, CancellationToken cancellationToken)
    {
        var writer = new EventStreamWriter(output);
        return ending.RunAsync(
            call,
            writer,
            () => answer.IsEventStream
                ? RelayChunksAsync(call, answer, kept, writer, cancellationToken)
                : RelayWholeAsChunksAsync(call, answer, kept, writer, cancellationToken),
            error =>
            {
                writer.WriteError(error);
                return default;
            },
            cancellationToken);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask RelayChunksAsync(GatewayCall call, ProviderAnswer answer, KeptCompletion? kept, EventStreamWriter writer, CancellationToken cancellationToken)
    {
        await using var reader = new EventStreamReader(answer.Body, cancellationToken: cancellationToken);
        using var pump = new EventPump(reader, writer, configuration.Current.HeartbeatInterval, time, cancellationToken);
        var rewriter = new ChatChunkRewriter(ModelName.ForClient(call), hideUsage: !call.Request.Envelope.IncludeUsage, kept?.Id);
        var chunk = new ArrayBufferWriter<byte>(512);
        var shown = hooks.Watches(call) ? new StreamEvent() : null;
        var done = false;
        try
        {
            while (!done && await pump.NextAsync())
            {
                var data = reader.Data;
                call.Meter.NoteEvent();
                if (data.Span.SequenceEqual("[DONE]"u8))
                {
                    done = true;
                    continue;
                }

                chunk.ResetWrittenCount();
                switch (rewriter.Rewrite(data.Span, chunk))
                {
                    case ChunkFate.Kept:
                        if (!writer.HasStarted)
                            await writer.StartAsync(cancellationToken);
                        await WriteAsync(call, chunk.WrittenMemory, shown, kept, writer, cancellationToken);
                        break;
                    case ChunkFate.Garbage:
                        throw new ProviderException(ProviderFailure.InvalidAnswer);
                    case ChunkFate.Error:
                        throw Exchange.Reported(call, data.Span);
                }

                // Those at hand that say nothing but text go on as a row of bytes each.
                while (rewriter.Texts is { } texts && TryRead(reader, texts, writer, rewriter, chunk))
                {
                    var json = ChatTextFrames.JsonIn(chunk.WrittenMemory);
                    if (shown is not null)
                    {
                        shown.Reset(null, json);
                        var seen = hooks.StreamAsync(call, shown, cancellationToken);
                        if (!seen.IsCompletedSuccessfully)
                            await seen;
                        if (shown.IsDropped || shown.IsMaterialized)
                        {
                            WriteShown(shown, kept, writer);
                            continue;
                        }
                    }

                    kept?.Add(json);
                    writer.WriteFrames(chunk.WrittenSpan);
                }
            }
        }
        finally
        {
            call.Usage = rewriter.Usage;
            call.Meter.TextBytes = rewriter.TextBytes;
        }

        if (!done && !rewriter.SawFinish)
            throw new ProviderException(ProviderFailure.ClosedEarly);
        await EndAsync(kept, rewriter.UsageJson, writer, cancellationToken);
    }

    // Rewritten by its frame alone, without reading its JSON.
    private static bool TryRead(EventStreamReader reader, ChatTextFrames texts, EventStreamWriter writer, ChatChunkRewriter rewriter, ArrayBufferWriter<byte> frame)
    {
        if (writer.Unflushed >= EventPump.MostUnflushed || !texts.TryRead(reader.Ahead, out var text, out var length))
            return false;
        frame.ResetWrittenCount();
        texts.Write(text, frame);
        rewriter.NoteText(text.Length);
        reader.Skip(length);
        return true;
    }

    // Some providers answer a stream's request with a whole completion.
    private async ValueTask RelayWholeAsChunksAsync(GatewayCall call, ProviderAnswer answer, KeptCompletion? kept, EventWriter writer, CancellationToken cancellationToken)
    {
        var body = await WholeAnswer.ReadAsync(call, answer, cancellationToken, kept?.Id);
        var shown = hooks.Watches(call) ? new StreamEvent() : null;
        foreach (var chunk in CompletionToChunks.Convert(body, call.Request.Envelope.IncludeUsage))
            await WriteAsync(call, chunk, shown, kept, writer, cancellationToken);
        var usage = kept is not null && BodyScan.TryScan(body.Span, out var scan) ? body[scan.UsageValue] : default;
        await EndAsync(kept, usage, writer, cancellationToken);
    }

    // What is kept is kept before the client hears that it has all, but the client does not wait for what it can have already.
    private static async ValueTask EndAsync(KeptCompletion? kept, ReadOnlyMemory<byte> usage, EventWriter writer, CancellationToken cancellationToken)
    {
        if (kept is not null)
        {
            await writer.FlushAsync(cancellationToken);
            await kept.KeepChunksAsync(usage);
        }

        writer.WriteDone();
    }

    private ValueTask WriteAsync(
        GatewayCall call, ReadOnlyMemory<byte> chunk, StreamEvent? shown, KeptCompletion? kept, EventWriter writer, CancellationToken cancellationToken)
    {
        if (shown is null)
        {
            kept?.Add(chunk);
            writer.WriteData(chunk.Span);
            return default;
        }

        shown.Reset(null, chunk);
        var seen = hooks.StreamAsync(call, shown, cancellationToken);
        if (!seen.IsCompletedSuccessfully)
            return WriteShownAsync(seen, shown, kept, writer);
        WriteShown(shown, kept, writer);
        return default;
    }

    private static async ValueTask WriteShownAsync(ValueTask seen, StreamEvent shown, KeptCompletion? kept, EventWriter writer)
    {
        await seen;
        WriteShown(shown, kept, writer);
    }

    private static void WriteShown(StreamEvent shown, KeptCompletion? kept, EventWriter writer)
    {
        if (shown.IsDropped)
            return;
        var chunk = shown.ToUtf8();
        kept?.Add(chunk);
        writer.WriteData(chunk.Span);
    }
}
