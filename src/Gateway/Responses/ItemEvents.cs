using System.Text.Json;
using AiGateway.Protocol;
using AiGateway.Responses.Output;

namespace AiGateway.Responses;

/// <summary>
/// Changes items and tells of it, event by event (<c>spec/responses.md</c> §10). What an item says is the sum of the deltas
/// that the hooks let through, so that its <c>.done</c> events equal what the client has seen. Without a writer nobody follows: items change all the same.
/// </summary>
internal sealed class ItemEvents(ResponseEventWriter? writer, ReasoningEventNames reasoningNames, bool obfuscate)
{
    public ValueTask LifeAsync(string type, ReadOnlyMemory<byte> snapshot) =>
        writer is null ? default : Discard(ResponseLifeEvents.WriteAsync(writer, type, snapshot.Span));

    public ValueTask ErrorAsync(GatewayError error) =>
        writer is null ? default : Discard(ResponseLifeEvents.WriteErrorAsync(writer, error));

    public ValueTask ItemAddedAsync(OutputItem item) => ItemAsync("response.output_item.added", item);

    public ValueTask PartAddedAsync(OutputItem item, ContentPart part) => PartAsync("response.content_part.added", item, part);

    /// <summary>Adds text to a part.</summary>
    /// <param name="item">The item.</param>
    /// <param name="part">Its open part.</param>
    /// <param name="text">The text.</param>
    /// <param name="logprobs">Members of a JSON array, without its brackets.</param>
    public async ValueTask TextDeltaAsync(OutputItem item, ContentPart part, string text, byte[] logprobs)
    {
        var kept = text;
        if (writer is not null)
        {
            var json = Begin(DeltaType(part.Kind), item);
            json.WriteNumber("content_index"u8, part.Index);
            json.WriteString("delta"u8, text);
            if (part.Kind == ContentPartKind.Text)
                ContentPart.WriteLogprobs(json, logprobs);
            if (part.Kind != ContentPartKind.Refusal)
                WriteObfuscation(json, text);
            kept = await writer.EndDeltaAsync(text);
        }

        if (kept is null)
            return;
        part.Text.Append(kept);
        if (logprobs.Length > 0)
            part.AddLogprobs(logprobs);
    }

    public async ValueTask AnnotationAsync(OutputItem item, ContentPart part, byte[] annotation)
    {
        if (writer is not null)
        {
            var json = Begin("response.output_text.annotation.added", item);
            json.WriteNumber("content_index"u8, part.Index);
            json.WriteNumber("annotation_index"u8, part.AnnotationCount);
            json.WritePropertyName("annotation"u8);
            json.WriteRawValue(annotation, skipInputValidation: true);
            if (!await writer.EndAsync())
                return;
        }

        part.AddAnnotation(annotation);
    }

    public async ValueTask ArgumentsDeltaAsync(ToolCallItem item, string arguments)
    {
        var kept = arguments;
        if (writer is not null)
        {
            var json = Begin(item.IsCustom ? "response.custom_tool_call_input.delta" : "response.function_call_arguments.delta", item);
            json.WriteString("delta"u8, arguments);
            WriteObfuscation(json, arguments);
            kept = await writer.EndDeltaAsync(arguments);
        }

        item.Arguments.Append(kept);
    }

    public async ValueTask PartDoneAsync(OutputItem item, ContentPart part)
    {
        if (writer is null)
            return;
        var (type, member) = part.Kind switch
        {
            ContentPartKind.Text => ("response.output_text.done", "text"),
            ContentPartKind.Refusal => ("response.refusal.done", "refusal"),
            _ => (reasoningNames.Done, "text"),
        };
        var json = Begin(type, item);
        json.WriteNumber("content_index"u8, part.Index);
        part.WriteText(json, member == "text" ? "text"u8 : "refusal"u8);
        if (part.Kind == ContentPartKind.Text)
            part.WriteLogprobs(json);
        await writer.EndAsync();
        await PartAsync("response.content_part.done", item, part);
    }

    /// <summary>Closes an item: its open part or arguments first, then the item.</summary>
    /// <param name="item">The item.</param>
    /// <param name="status">completed or incomplete.</param>
    public async ValueTask ItemDoneAsync(OutputItem item, string status)
    {
        switch (item)
        {
            case MessageItem { Parts: [.., var last] }:
                await PartDoneAsync(item, last);
                break;
            case ReasoningItem { Part: { } part }:
                await PartDoneAsync(item, part);
                break;
            case ToolCallItem call:
                // A tool without parameters: some providers send no arguments at all, but clients parse them.
                if (!call.IsCustom && call.Arguments.Length == 0 && status == OutputItem.Completed)
                    await ArgumentsDeltaAsync(call, "{}");
                await ArgumentsDoneAsync(call);
                break;
        }

        item.Status = status;
        await ItemAsync("response.output_item.done", item);
    }

    private string DeltaType(ContentPartKind kind) => kind switch
    {
        ContentPartKind.Text => "response.output_text.delta",
        ContentPartKind.Refusal => "response.refusal.delta",
        _ => reasoningNames.Delta,
    };

    private ValueTask ArgumentsDoneAsync(ToolCallItem call)
    {
        if (writer is null)
            return default;
        var json = Begin(call.IsCustom ? "response.custom_tool_call_input.done" : "response.function_call_arguments.done", call);
        if (call.IsCustom)
        {
            json.WriteString("input"u8, call.Arguments.ToString());
        }
        else
        {
            json.WriteString("name"u8, call.Name);
            json.WriteString("arguments"u8, call.Arguments.ToString());
        }

        return Discard(writer.EndAsync());
    }

    private ValueTask ItemAsync(string type, OutputItem item)
    {
        if (writer is null)
            return default;
        var json = writer.Begin(type);
        json.WriteNumber("output_index"u8, item.Index);
        json.WritePropertyName("item"u8);
        item.Write(json);
        return Discard(writer.EndAsync());
    }

    private ValueTask PartAsync(string type, OutputItem item, ContentPart part)
    {
        if (writer is null)
            return default;
        var json = Begin(type, item);
        json.WriteNumber("content_index"u8, part.Index);
        json.WritePropertyName("part"u8);
        part.Write(json);
        return Discard(writer.EndAsync());
    }

    private Utf8JsonWriter Begin(string type, OutputItem item)
    {
        var json = writer!.Begin(type);
        json.WriteString("item_id"u8, item.Id);
        json.WriteNumber("output_index"u8, item.Index);
        return json;
    }

    private void WriteObfuscation(Utf8JsonWriter json, string delta)
    {
        if (obfuscate)
            json.WriteString("obfuscation"u8, Obfuscation.For(delta.Length));
    }

    private static ValueTask Discard(ValueTask<bool> pending)
    {
        if (!pending.IsCompletedSuccessfully)
            return Awaited(pending);
        _ = pending.Result;
        return default;

        static async ValueTask Awaited(ValueTask<bool> task) => await task;
    }
}
