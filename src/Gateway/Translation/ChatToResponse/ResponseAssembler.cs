using AiGateway.Protocol;
using AiGateway.Responses;
using AiGateway.Responses.Output;

namespace AiGateway.Translation.ChatToResponse;

/// <summary>
/// Builds a response from what a chat provider says, piece by piece, and tells of each step as an event where somebody follows. It alone decides
/// which items there are and in which state; how an item's events look is <see cref="ItemEvents"/>' business.
/// Items are opened in order, and one is closed before the next opens, except where a provider interleaves tool calls.
/// </summary>
internal sealed class ResponseAssembler(ResponseSnapshot snapshot, CreateResponse request, ItemEvents events, ItemIds ids, TimeProvider time)
{
    // A client brings the id back, and a longer one would then be refused (spec/responses.md §4).
    private const int MaxCallIdLength = 64;

    private readonly ToolCallTracker _calls = new();
    private MessageItem? _message;
    private ReasoningItem? _reasoning;
    private string? _finishReason;
    private bool _suppressed;
    private int _before;

    /// <summary>Whether the provider gave a reason for its end, so that the answer is whole.</summary>
    public bool SawFinish => _finishReason is not null;

    /// <summary>Tells that the response exists and runs.</summary>
    public async ValueTask StartAsync()
    {
        await events.LifeAsync("response.created", snapshot.Render());
        await events.LifeAsync("response.in_progress", snapshot.Render());
    }

    /// <summary>Puts a compaction item before everything that the provider says.</summary>
    /// <param name="encryptedContent">Its content.</param>
    public async ValueTask AddCompactionAsync(string encryptedContent)
    {
        var item = Opened(new CompactionItem(ids.Next(Ids.Compaction), snapshot.Output.Count, encryptedContent));
        _before = snapshot.Output.Count;
        await events.ItemAddedAsync(item);
        await events.ItemDoneAsync(item, OutputItem.Completed);
    }

    /// <summary>Adds what a chunk, or a whole completion, says.</summary>
    public async ValueTask AddAsync(ChatDelta delta)
    {
        snapshot.Usage = delta.Usage ?? snapshot.Usage;
        snapshot.ServiceTier = delta.ServiceTier ?? snapshot.ServiceTier;
        _finishReason = delta.FinishReason ?? _finishReason;
        if (!string.IsNullOrEmpty(delta.Reasoning))
            await AddReasoningAsync(delta.Reasoning);
        if (!string.IsNullOrEmpty(delta.Content))
            await AddTextAsync(ContentPartKind.Text, delta.Content, request.IncludesLogprobs ? delta.Logprobs : []);
        if (!string.IsNullOrEmpty(delta.Refusal))
            await AddTextAsync(ContentPartKind.Refusal, delta.Refusal, []);
        foreach (var annotation in delta.Annotations)
            await AddAnnotationAsync(annotation);
        foreach (var call in delta.ToolCalls)
            await AddCallAsync(call);
    }

    /// <summary>Closes what is open and puts the response into its last state, by the provider's own reason. <see cref="EndAsync"/> tells of it.</summary>
    /// <exception cref="GatewayException">The model did nothing but call a tool that it may not call.</exception>
    public async ValueTask CloseAsync()
    {
        if (_suppressed && snapshot.Output.Count == _before)
            throw new GatewayException(ToolChoice.NotAllowed());

        var reason = _finishReason switch
        {
            "length" => "max_output_tokens",
            "content_filter" => "content_filter",
            _ => null,
        };

        // An answer of nothing is still an answer: a client that reads the first message finds one.
        if (snapshot.Output.Count == _before && reason is null)
            await OpenMessagePartAsync(ContentPartKind.Text);
        await CloseAllAsync(reason is not null);
        snapshot.IncompleteReason = reason;
        snapshot.Status = reason is null ? ResponseStatus.Completed : ResponseStatus.Incomplete;
        if (reason is null)
            snapshot.CompletedAt = time.GetUtcNow().ToUnixTimeSeconds();
    }

    /// <summary>Tells of the last state: by now it is kept, so that what a client was told is true whatever happens next.</summary>
    /// <param name="body">The response object, as it is kept.</param>
    public ValueTask EndAsync(ReadOnlyMemory<byte> body) => events.LifeAsync("response." + snapshot.Status, body);

    /// <summary>Puts the response into the failed state, with whatever there was, and tells of the error. <see cref="EndAsync"/> follows.</summary>
    public async ValueTask FailAsync(GatewayError error)
    {
        foreach (var item in snapshot.Output)
        {
            if (item.IsOpen)
                item.Status = OutputItem.Incomplete;
        }

        snapshot.Status = ResponseStatus.Failed;
        snapshot.ErrorCode = ResponseErrorCode.For(error);
        snapshot.ErrorMessage = error.Message;
        await events.ErrorAsync(error);
    }

    private async ValueTask AddReasoningAsync(string text)
    {
        if (_reasoning is not { IsOpen: true })
        {
            await CloseSettledAsync();
            _reasoning = Opened(new ReasoningItem(ids.Next(Ids.Reasoning), snapshot.Output.Count));
            await events.ItemAddedAsync(_reasoning);
            _reasoning.Part = new ContentPart(ContentPartKind.Reasoning, 0);
            await events.PartAddedAsync(_reasoning, _reasoning.Part);
        }

        await events.TextDeltaAsync(_reasoning, _reasoning.Part!, text, []);
    }

    private async ValueTask AddTextAsync(ContentPartKind kind, string text, byte[] logprobs)
    {
        var part = await OpenMessagePartAsync(kind);
        await events.TextDeltaAsync(_message!, part, text, logprobs);
    }

    private async ValueTask AddAnnotationAsync(byte[] annotation)
    {
        var part = await OpenMessagePartAsync(ContentPartKind.Text);
        await events.AnnotationAsync(_message!, part, annotation);
    }

    private async ValueTask<ContentPart> OpenMessagePartAsync(ContentPartKind kind)
    {
        if (_message is not { IsOpen: true })
        {
            await CloseSettledAsync();
            _message = Opened(new MessageItem(ids.Next(Ids.Message), snapshot.Output.Count));
            await events.ItemAddedAsync(_message);
        }

        if (_message.Parts is [.., var last])
        {
            if (last.Kind == kind)
                return last;
            await events.PartDoneAsync(_message, last);
        }

        var part = new ContentPart(kind, _message.Parts.Count);
        _message.Parts.Add(part);
        await events.PartAddedAsync(_message, part);
        return part;
    }

    private async ValueTask AddCallAsync(ToolCallDelta delta)
    {
        var call = _calls.For(delta);
        if (call.IsSuppressed)
            return;
        var arguments = delta.Arguments;
        if (call.Item is null)
        {
            if (call.Name is null)
            {
                call.Early.Append(arguments);
                return;
            }

            if (!request.ToolChoice.Permits(call.Name, call.IsCustom))
            {
                call.IsSuppressed = _suppressed = true;
                return;
            }

            await CloseSettledAsync();
            call.Item = Opened(new ToolCallItem(
                ids.Next(Ids.PrefixFor(call.IsCustom ? "custom_tool_call" : "function_call")),
                snapshot.Output.Count,
                call.Id is { Length: <= MaxCallIdLength } id ? id : Ids.New(Ids.Call, time),
                call.Name,
                call.IsCustom));
            await events.ItemAddedAsync(call.Item);
            arguments = call.Early.Append(arguments).ToString();
        }

        if (!string.IsNullOrEmpty(arguments) && call.Item.IsOpen)
            await events.ArgumentsDeltaAsync(call.Item, arguments);
    }

    // Before another item opens. A call whose arguments are not whole yet stays open beside it: the provider interleaves them.
    private async ValueTask CloseSettledAsync()
    {
        if (_reasoning is { IsOpen: true })
            await events.ItemDoneAsync(_reasoning, OutputItem.Completed);
        if (_message is { IsOpen: true })
            await events.ItemDoneAsync(_message, OutputItem.Completed);
        foreach (var call in _calls.Calls)
        {
            if (call.Item is { IsOpen: true } && call.IsWhole())
                await events.ItemDoneAsync(call.Item, OutputItem.Completed);
        }
    }

    /// <summary>Closes every open item, in order; what a limit cut short is the last of them.</summary>
    private async ValueTask CloseAllAsync(bool cutShort)
    {
        var last = cutShort ? snapshot.Output.LastOrDefault() : null;
        foreach (var item in snapshot.Output)
        {
            if (item.IsOpen)
                await events.ItemDoneAsync(item, item == last ? OutputItem.Incomplete : OutputItem.Completed);
        }
    }

    private T Opened<T>(T item)
        where T : OutputItem
    {
        snapshot.Output.Add(item);
        return item;
    }
}
