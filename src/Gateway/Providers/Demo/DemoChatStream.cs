using System.Text.Json;

namespace AiGateway.Providers.Demo;

/// <summary>Writes a chat completion as chunks (<c>spec/responses.md</c> §20), each when it is asked for.</summary>
internal static class DemoChatStream
{
    private static readonly byte[] Done = "data: [DONE]\n\n"u8.ToArray();

    public static IEnumerable<byte[]> Frames(DemoReply reply)
    {
        foreach (var choice in reply.Choices)
        {
            foreach (var frame in Frames(reply, choice))
                yield return frame;
        }

        if (reply.Request.IncludeUsage)
        {
            yield return DemoJson.Frame(null, writer =>
            {
                DemoChatBody.WriteHead(writer, reply, "chat.completion.chunk");
                writer.WriteStartArray("choices"u8);
                writer.WriteEndArray();
                DemoChatBody.WriteUsage(writer, reply);
            });
        }

        yield return Done;
    }

    private static IEnumerable<byte[]> Frames(DemoReply reply, DemoChoice choice)
    {
        yield return Chunk(reply, choice, writer =>
        {
            writer.WriteString("role"u8, "assistant"u8);
            writer.WriteString("content"u8, choice.Calls.Count > 0 ? null : "");
            writer.WriteNull("refusal"u8);
        });
        foreach (var token in choice.Reasoning)
            yield return Chunk(reply, choice, writer => writer.WriteString("reasoning_content"u8, token));
        foreach (var token in choice.Content)
            yield return Chunk(reply, choice, writer => writer.WriteString("content"u8, token), token);
        for (var i = 0; i < choice.Calls.Count; i++)
        {
            var (index, call) = (i, choice.Calls[i]);
            yield return Chunk(reply, choice, writer => WriteCall(writer, index, () => DemoToolCall.WriteFields(writer, call, "")));
            foreach (var token in call.Arguments)
            {
                yield return Chunk(reply, choice, writer => WriteCall(writer, index, () =>
                {
                    writer.WriteStartObject("function"u8);
                    writer.WriteString("arguments"u8, token);
                    writer.WriteEndObject();
                }));
            }
        }

        yield return Chunk(reply, choice, _ => { }, finishReason: choice.FinishReason);
    }

    private static void WriteCall(Utf8JsonWriter writer, int index, Action write)
    {
        writer.WriteStartArray("tool_calls"u8);
        writer.WriteStartObject();
        writer.WriteNumber("index"u8, index);
        write();
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private static byte[] Chunk(
        DemoReply reply, DemoChoice choice, Action<Utf8JsonWriter> delta, string? token = null, string? finishReason = null) => DemoJson.Frame(null, writer =>
    {
        DemoChatBody.WriteHead(writer, reply, "chat.completion.chunk");
        writer.WriteStartArray("choices"u8);
        writer.WriteStartObject();
        writer.WriteNumber("index"u8, choice.Index);
        writer.WriteStartObject("delta"u8);
        delta(writer);
        writer.WriteEndObject();
        if (token is not null && reply.Request.Logprobs)
            DemoLogprobs.Write(writer, [token], reply.Request.TopLogprobs);
        else
            writer.WriteNull("logprobs"u8);
        writer.WriteString("finish_reason"u8, finishReason);
        writer.WriteEndObject();
        writer.WriteEndArray();
        if (reply.Request.IncludeUsage)
            writer.WriteNull("usage"u8);
    });
}
