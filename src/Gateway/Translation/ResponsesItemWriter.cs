using System.Text.Json;
using AiGateway.Protocol;
using AiGateway.Responses.Parsing;

namespace AiGateway.Translation;

/// <summary>Messages to items: one for what was said, one for each call, one for each output.</summary>
/// <param name="writer">Where to write, inside the request's object.</param>
internal sealed class ResponsesItemWriter(Utf8JsonWriter writer)
{
    private static readonly string[] Roles = ["system", "developer", "user", "assistant", "tool", "function"];
    private static readonly string[] CallKinds = ["function", "custom"];

    /// <summary>The ids of custom calls: their outputs are items of another type, and chat's tool message does not say which.</summary>
    private HashSet<string>? _custom;

    /// <summary>The id given to the last call in the older form, which has none.</summary>
    private string? _legacyCall;

    public void Write(FieldReader root)
    {
        if (!root.HasArray("messages", out var messages, "an array of objects"))
            throw root.Missing("messages");
        if (messages.GetArrayLength() == 0)
            throw FieldErrors.EmptyArray("messages");
        writer.WriteStartArray("input"u8);
        var i = 0;
        foreach (var message in messages.EnumerateArray())
        {
            WriteMessage(FieldReader.Object(message, FieldPath.Of("messages", i)), i);
            i++;
        }

        writer.WriteEndArray();
    }

    private void WriteMessage(FieldReader message, int index)
    {
        switch (message.OneOf("role", Roles))
        {
            case null:
                throw message.Missing("role");
            case "assistant":
                WriteAssistant(message, index);
                break;
            case "tool":
                var callId = message.RequiredText("tool_call_id");
                WriteOutput(message, callId, _custom?.Contains(callId) == true);
                break;
            case "function":
                _ = message.RequiredText("name");
                if (_legacyCall is null)
                    throw FieldErrors.WrongValue(message.Path.To("role"), "Messages with role 'function' must be a response to a preceding message with 'function_call'.");
                WriteOutput(message, _legacyCall, isCustom: false);
                break;
            case var role:
                writer.WriteStartObject();
                writer.WriteString("type"u8, "message"u8);
                writer.WriteString("role"u8, role);
                writer.WritePropertyName("content"u8);
                ResponsesPartWriter.WriteInput(writer, message, "content", media: role == "user");
                writer.WriteEndObject();
                break;
        }
    }

    private void WriteOutput(FieldReader message, string callId, bool isCustom)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, isCustom ? "custom_tool_call_output"u8 : "function_call_output"u8);
        writer.WriteString("call_id"u8, callId);
        writer.WritePropertyName("output"u8);
        ResponsesPartWriter.WriteInput(writer, message, "content", media: false);
        writer.WriteEndObject();
    }

    private void WriteAssistant(FieldReader message, int index)
    {
        if (message.Has("audio"))
            throw new GatewayException(ResponsesUnsupported.Parameter(message.Path.To("audio")));
        var hasCalls = message.HasArray("tool_calls", out var calls, "an array of objects") && calls.GetArrayLength() > 0;
        var hasCall = message.HasObject("function_call", out var call);
        ResponsesPartWriter.WriteAssistant(writer, message, isRequired: !hasCalls && !hasCall);
        if (hasCalls)
        {
            var i = 0;
            foreach (var element in calls.EnumerateArray())
                WriteCall(FieldReader.Object(element, message.Path.Then("tool_calls", i++)));
        }
        else if (hasCall)
        {
            _legacyCall = $"call_{index}";
            WriteFunctionCall(_legacyCall, call);
        }
    }

    private void WriteCall(FieldReader call)
    {
        var id = call.RequiredText("id");

        // Left out by older clients, for whom there was but one kind.
        var type = call.OneOf("type", CallKinds) ?? "function";
        if (!call.HasObject(type, out var inner))
            throw call.Missing(type);
        if (type == "function")
        {
            WriteFunctionCall(id, inner);
            return;
        }

        (_custom ??= new(StringComparer.Ordinal)).Add(id);
        writer.WriteStartObject();
        writer.WriteString("type"u8, "custom_tool_call"u8);
        writer.WriteString("call_id"u8, id);
        writer.WriteString("name"u8, inner.RequiredText("name"));
        inner.CheckRequiredText("input", int.MaxValue);
        writer.CopyField(inner.Json, "input"u8);
        writer.WriteEndObject();
    }

    private void WriteFunctionCall(string id, FieldReader function)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "function_call"u8);
        writer.WriteString("call_id"u8, id);
        writer.WriteString("name"u8, function.RequiredText("name"));
        function.CheckRequiredText("arguments", int.MaxValue);
        writer.CopyField(function.Json, "arguments"u8);
        writer.WriteEndObject();
    }
}
