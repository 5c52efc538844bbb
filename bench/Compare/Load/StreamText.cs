using System.Text;
using System.Text.Json;

namespace AiGateway.Bench.Compare.Load;

/// <summary>A whole SSE body, understood: how many events, how many of them carried text, and which text.</summary>
internal sealed record StreamText(int Events, int Deltas, string Text)
{
    public static StreamText Parse(string body, bool translated)
    {
        var text = new StringBuilder();
        var events = 0;
        var deltas = 0;
        var last = "";
        foreach (var line in body.Split('\n').Where(line => line.StartsWith("data:", StringComparison.Ordinal)))
        {
            events++;
            last = line["data:".Length..].Trim();
            if (last == "[DONE]")
                continue;
            using var document = JsonDocument.Parse(last);
            if (translated && document.RootElement.GetProperty("sequence_number").GetInt32() != events - 1)
                throw new InvalidDataException($"sequence number out of order at event {events - 1}");
            if (Delta(document.RootElement, translated) is { Length: > 0 } delta)
            {
                deltas++;
                text.Append(delta);
            }
        }

        return last == "[DONE]" ? new StreamText(events, deltas, text.ToString()) : throw new InvalidDataException("the stream does not end with [DONE]");
    }

    private static string? Delta(JsonElement root, bool translated)
    {
        if (translated)
            return root.GetProperty("type").GetString() == "response.output_text.delta" ? root.GetProperty("delta").GetString() : null;
        return root.GetProperty("choices") is { } choices && choices.GetArrayLength() > 0
            && choices[0].GetProperty("delta").TryGetProperty("content", out var content)
                ? content.GetString()
                : null;
    }
}
