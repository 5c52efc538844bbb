using System.Text.Json;

namespace AiGateway.Providers.Demo;

/// <summary>Writes a chat completion as one body.</summary>
internal static class DemoChatBody
{
    public static byte[] Write(DemoReply reply) => DemoJson.Body(writer =>
    {
        WriteHead(writer, reply, "chat.completion");
        writer.WriteStartArray("choices"u8);
        foreach (var choice in reply.Choices)
            WriteChoice(writer, reply, choice);
        writer.WriteEndArray();
        WriteUsage(writer, reply);
    });

    /// <summary>Writes how many tokens a request is, without its answer.</summary>
    public static byte[] WriteCount(DemoChatRequest request) => DemoJson.Body(writer => writer.WriteNumber("input_tokens"u8, request.PromptTokens));

    /// <summary>What a completion and each chunk of it begin with.</summary>
    public static void WriteHead(Utf8JsonWriter writer, DemoReply reply, string kind)
    {
        writer.WriteString("id"u8, reply.Id);
        writer.WriteString("object"u8, kind);
        writer.WriteNumber("created"u8, reply.Created);
        writer.WriteString("model"u8, reply.Request.Model);
        writer.WriteString("service_tier"u8, "default"u8);
        writer.WriteString("system_fingerprint"u8, DemoReply.Fingerprint);
    }

    public static void WriteUsage(Utf8JsonWriter writer, DemoReply reply)
    {
        writer.WriteStartObject("usage"u8);
        writer.WriteNumber("prompt_tokens"u8, reply.PromptTokens);
        writer.WriteNumber("completion_tokens"u8, reply.CompletionTokens);
        writer.WriteNumber("total_tokens"u8, reply.PromptTokens + reply.CompletionTokens);
        writer.WriteStartObject("prompt_tokens_details"u8);
        writer.WriteNumber("cached_tokens"u8, 0);
        writer.WriteNumber("audio_tokens"u8, 0);
        writer.WriteEndObject();
        writer.WriteStartObject("completion_tokens_details"u8);
        writer.WriteNumber("reasoning_tokens"u8, reply.ReasoningTokens);
        writer.WriteNumber("audio_tokens"u8, 0);
        writer.WriteNumber("accepted_prediction_tokens"u8, 0);
        writer.WriteNumber("rejected_prediction_tokens"u8, 0);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteChoice(Utf8JsonWriter writer, DemoReply reply, DemoChoice choice)
    {
        writer.WriteStartObject();
        writer.WriteNumber("index"u8, choice.Index);
        writer.WriteStartObject("message"u8);
        writer.WriteString("role"u8, "assistant"u8);
        writer.WriteString("content"u8, choice.Calls.Count > 0 ? null : string.Concat(choice.Content));
        writer.WriteNull("refusal"u8);
        if (choice.Reasoning.Count > 0)
            writer.WriteString("reasoning_content"u8, string.Concat(choice.Reasoning));
        if (choice.Calls.Count > 0)
        {
            writer.WriteStartArray("tool_calls"u8);
            foreach (var call in choice.Calls)
            {
                writer.WriteStartObject();
                DemoToolCall.WriteFields(writer, call, string.Concat(call.Arguments));
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        writer.WriteStartArray("annotations"u8);
        writer.WriteEndArray();
        writer.WriteEndObject();
        if (reply.Request.Logprobs && choice.Calls.Count == 0)
            DemoLogprobs.Write(writer, choice.Content, reply.Request.TopLogprobs);
        else
            writer.WriteNull("logprobs"u8);
        writer.WriteString("finish_reason"u8, choice.FinishReason);
        writer.WriteEndObject();
    }
}
