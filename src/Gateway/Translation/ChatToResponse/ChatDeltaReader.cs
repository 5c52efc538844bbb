using System.Text.Json;
using AiGateway.Protocol;

namespace AiGateway.Translation.ChatToResponse;

/// <summary>
/// Reads chat chunks and whole chat completions: <c>delta</c> and <c>message</c> say the same things by the same names
/// (<c>spec/responses.md</c> §20). Liberal in what it takes, since every provider has its own habits.
/// </summary>
internal static class ChatDeltaReader
{
    /// <summary>Reads an object.</summary>
    /// <param name="json">UTF-8 JSON.</param>
    /// <param name="delta">Filled; cleared before.</param>
    /// <returns>Whether it is a JSON object.</returns>
    public static bool TryRead(ReadOnlySpan<byte> json, ChatDelta delta)
    {
        delta.Clear();
        try
        {
            var reader = new Utf8JsonReader(json, JsonFormat.ReaderOptions);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return false;
            ReadRoot(ref reader, delta);
            return !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
        catch (InvalidOperationException)
        {
            // A string that is no valid UTF-8 or UTF-16.
            return false;
        }
    }

    private static void ReadRoot(ref Utf8JsonReader reader, ChatDelta delta)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("choices"u8))
            {
                ReadChoices(ref reader, delta);
            }
            else if (reader.ValueTextEquals("usage"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.StartObject)
                    delta.Usage = UsageReader.Read(ref reader);
                reader.Skip();
            }
            else if (reader.ValueTextEquals("service_tier"u8))
            {
                delta.ServiceTier = ReadString(ref reader);
            }
            else if (reader.ValueTextEquals("error"u8))
            {
                reader.Read();
                delta.IsError = reader.TokenType != JsonTokenType.Null;
                reader.Skip();
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private static void ReadChoices(ref Utf8JsonReader reader, ChatDelta delta)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return;
        }

        // A response has one choice; a provider that sends more is read for its first.
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            if (IsFirstChoice(reader))
                ReadChoice(ref reader, delta);
            else
                reader.Skip();
        }
    }

    private static bool IsFirstChoice(Utf8JsonReader ahead)
    {
        while (ahead.Read() && ahead.TokenType == JsonTokenType.PropertyName)
        {
            if (ahead.ValueTextEquals("index"u8))
            {
                ahead.Read();
                return ahead.TokenType != JsonTokenType.Number || !ahead.TryGetInt32(out var index) || index == 0;
            }

            ahead.Skip();
        }

        return true;
    }

    private static void ReadChoice(ref Utf8JsonReader reader, ChatDelta delta)
    {
        delta.HasChoice = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("delta"u8) || reader.ValueTextEquals("message"u8))
                ReadMessage(ref reader, delta);
            else if (reader.ValueTextEquals("finish_reason"u8))
                delta.FinishReason = ReadString(ref reader);
            else if (reader.ValueTextEquals("logprobs"u8))
                delta.Logprobs = LogprobsReader.Read(ref reader);
            else
                reader.Skip();
        }
    }

    private static void ReadMessage(ref Utf8JsonReader reader, ChatDelta delta)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("content"u8))
                delta.Content = ReadContent(ref reader);
            else if (reader.ValueTextEquals("refusal"u8))
                delta.Refusal = ReadString(ref reader);
            else if (reader.ValueTextEquals("reasoning_content"u8) || reader.ValueTextEquals("reasoning"u8))
                delta.Reasoning = ReadString(ref reader) ?? delta.Reasoning;
            else if (reader.ValueTextEquals("tool_calls"u8))
                ToolCallReader.Read(ref reader, delta.ToolCalls);
            else if (reader.ValueTextEquals("annotations"u8))
                AnnotationReader.Read(ref reader, delta.Annotations);
            else if (reader.ValueTextEquals("function_call"u8))
                ToolCallReader.ReadLegacy(ref reader, delta.ToolCalls);
            else
                reader.Skip();
        }
    }

    // Some providers give the content as parts even in their answers.
    private static string? ReadContent(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
            return reader.GetString();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return null;
        }

        using var parts = JsonDocument.ParseValue(ref reader);
        return string.Concat(parts.RootElement.EnumerateArray()
            .Where(part => part.ValueKind == JsonValueKind.Object
                && part.TryGetProperty("text"u8, out var text) && text.ValueKind == JsonValueKind.String)
            .Select(part => part.GetProperty("text"u8).GetString()));
    }

    /// <summary>The string behind a property name; null for anything else.</summary>
    internal static string? ReadString(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
            return reader.GetString();
        reader.Skip();
        return null;
    }
}
