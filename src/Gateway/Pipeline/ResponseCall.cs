using AiGateway.Configuration;
using AiGateway.Engine;
using AiGateway.Hooks;
using AiGateway.Metering;
using AiGateway.Pipeline.Compaction;
using AiGateway.Protocol;
using AiGateway.Responses;
using AiGateway.Responses.Sealing;

namespace AiGateway.Pipeline;

/// <summary>One response to be made: what is asked, over which items, and under which id.</summary>
/// <param name="call">The call that asks for it.</param>
/// <param name="request">The request, checked.</param>
/// <param name="context">The whole input.</param>
/// <param name="id">Its id.</param>
/// <param name="createdAt">When it was made.</param>
internal sealed class ResponseCall(GatewayCall call, CreateResponse request, ResponseContext context, string id, DateTimeOffset createdAt) : IDisposable
{
    private ResponseSnapshot? _snapshot;

    public GatewayCall Call => call;

    public CreateResponse Request => request;

    public ResponseContext Context => context;

    public string Id => id;

    /// <summary>The context, opened; each provider gets of it what it can be given (<see cref="ModelContexts.PrepareAsync"/>).</summary>
    public IReadOnlyList<InputItem> Items { get; init; } = context.Items;

    /// <summary>The provider that should serve it; null where it does not matter.</summary>
    public string? PreferredProvider { get; init; }

    /// <summary>The compaction that the response begins with; null for none.</summary>
    public StreamCompaction? Compaction { get; set; }

    /// <summary>Seals the encrypted reasoning of its output; null where none is asked for.</summary>
    public ReasoningSeals? ReasoningSeals { get; set; }

    /// <summary>What the whole response used, where its answer used this.</summary>
    public TokenUsage? Total(TokenUsage? usage) => Compaction?.Usage is { } before ? usage?.Plus(before) ?? before : usage;

    /// <summary>Keeps its end; null where nothing is to be kept.</summary>
    public IResponseKeeper? Keeper { get; set; }

    /// <summary>The sequence number of the next event: of a background response, the first events are in its log already, and it is known to run.</summary>
    public long NextSequence { get; init; }

    /// <summary>Whether its client knows already that it runs.</summary>
    public bool IsBegun => NextSequence > 0;

    /// <summary>The response as it stands: its beginning, when it is asked for first.</summary>
    public ResponseSnapshot Snapshot(GatewayOptions options) => _snapshot ??= new(request, ModelName.ForClient(call), options.EchoJsonSchema, id, createdAt)
    {
        Status = request.Background && !IsBegun ? ResponseStatus.Queued : ResponseStatus.InProgress,
    };

    /// <summary>The ids of its output's items: their places are behind those of its input.</summary>
    public ItemIds NewOutputIds() => new(id, context.OwnCount);

    /// <summary>The response as it is kept.</summary>
    /// <param name="body">The response object as it stands.</param>
    public StoredResponse ToStored(ResponseSnapshot body) => new()
    {
        Id = id,
        Tenant = call.Tenant,
        KeyId = call.Meter.KeyId,
        Status = body.Status,
        CreatedAt = createdAt,
        Body = body.Render(),
        Input = context.OwnToStored(new ItemIds(id)),
        PreviousResponseId = context.HoldsPrevious ? null : request.PreviousResponseId,
        Conversation = request.Conversation,
        ConversationPosition = context.ConversationPosition,
        Background = request.Background,
        Stream = request.Stream,
    };

    /// <inheritdoc cref="IResponseKeeper.KeepAsync"/>
    public ValueTask KeepAsync(string status, ReadOnlyMemory<byte> body)
    {
        Note(status);
        return Keeper?.KeepAsync(status, body) ?? default;
    }

    /// <summary>Keeps a stream's end. What its client may have before that goes out meanwhile: the storage takes longer than the network.</summary>
    /// <param name="status">completed, incomplete or failed.</param>
    /// <param name="body">The final response object.</param>
    /// <param name="writer">The stream.</param>
    /// <param name="cancellationToken">Ends when the client leaves; its response has ended all the same.</param>
    public async ValueTask KeepAsync(string status, ReadOnlyMemory<byte> body, EventWriter writer, CancellationToken cancellationToken)
    {
        Note(status);
        if (Keeper is null)
            return;
        var kept = KeepAsync(status, body);
        if (kept.IsCompleted)
        {
            await kept;
            return;
        }

        try
        {
            await writer.FlushAsync(cancellationToken);
        }
        catch (Exception e) when (ClientLeftException.Is(e, cancellationToken))
        {
            // The next flush finds it out again.
        }
        finally
        {
            await kept;
        }
    }

    public void Dispose() => context.Dispose();

    // An error that was told is more than the status that follows from it.
    private void Note(string status)
    {
        if (call.Meter.Outcome == CallOutcome.None)
        {
            call.Meter.Outcome = status switch
            {
                ResponseStatus.Incomplete => CallOutcome.Incomplete,
                ResponseStatus.Failed => CallOutcome.Failed,
                _ => CallOutcome.Completed,
            };
        }
    }
}
