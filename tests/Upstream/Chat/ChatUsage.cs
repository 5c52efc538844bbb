using System.Text.Json.Nodes;

namespace AiGateway.Upstream;

/// <summary>Tokens as Chat Completions reports them.</summary>
public sealed record ChatUsage(int Prompt = 12, int Completion = 5, int Cached = 4, int Reasoning = 0)
{
    internal JsonObject ToJson() => new()
    {
        ["prompt_tokens"] = Prompt,
        ["completion_tokens"] = Completion,
        ["total_tokens"] = Prompt + Completion,
        ["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = Cached, ["audio_tokens"] = 0 },
        ["completion_tokens_details"] = new JsonObject
        {
            ["reasoning_tokens"] = Reasoning,
            ["audio_tokens"] = 0,
            ["accepted_prediction_tokens"] = 0,
            ["rejected_prediction_tokens"] = 0,
        },
    };
}
