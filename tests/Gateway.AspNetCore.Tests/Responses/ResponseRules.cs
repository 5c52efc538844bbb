using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AiGateway.AspNetCore.Tests.Responses;

/// <summary>What holds for every response object that a client sees (<c>spec/responses.md</c> §8, §9, §11), whoever made it.</summary>
internal static partial class ResponseRules
{
    private static readonly string[] NeverNull =
    [
        "id", "object", "created_at", "status", "model", "output", "tools", "tool_choice", "truncation", "parallel_tool_calls", "text", "top_p",
        "presence_penalty", "frequency_penalty", "top_logprobs", "temperature", "store", "background", "service_tier", "metadata",
    ];

    private static readonly string[] Nullable =
    [
        "completed_at", "incomplete_details", "previous_response_id", "instructions", "error", "reasoning", "usage", "max_output_tokens",
        "max_tool_calls", "safety_identifier", "prompt_cache_key",
    ];

    private static readonly string[] Statuses = ["queued", "in_progress", "completed", "failed", "incomplete", "cancelled"];

    /// <summary>Fails where an object breaks a rule.</summary>
    public static void Check(JsonObject response)
    {
        Assert.Equal(31, NeverNull.Length + Nullable.Length);
        foreach (var key in NeverNull)
            Assert.True(response[key] is not null, $"'{key}' is missing or null: {response.ToJsonString()}");
        foreach (var key in Nullable)
            Assert.True(response.ContainsKey(key), $"'{key}' is missing: {response.ToJsonString()}");

        Assert.Matches(ResponseId(), Text(response, "id"));
        Assert.Equal("response", Text(response, "object"));
        Assert.True(Whole(response["created_at"]) > 1_700_000_000);
        CheckEchoKinds(response);
        CheckStatus(response, Text(response, "status"));
        CheckUsage(response["usage"] as JsonObject);
        CheckOutput(response["output"]!.AsArray(), Text(response, "status"));
    }

    private static void CheckEchoKinds(JsonObject response)
    {
        foreach (var flag in (string[])["parallel_tool_calls", "store", "background"])
            Assert.True(response[flag]!.GetValueKind() is JsonValueKind.True or JsonValueKind.False, flag);
        foreach (var number in (string[])["top_p", "presence_penalty", "frequency_penalty", "temperature"])
            Assert.Equal(JsonValueKind.Number, response[number]!.GetValueKind());
        Assert.InRange(Whole(response["top_logprobs"]), 0, 20);
        Assert.Equal(JsonValueKind.Object, response["metadata"]!.GetValueKind());
        Assert.NotNull(response["text"]!["format"]!["type"]);
        if (response["reasoning"] is JsonObject reasoning)
            Assert.True(reasoning.ContainsKey("effort") && reasoning.ContainsKey("summary"), reasoning.ToJsonString());
        foreach (var tool in response["tools"]!.AsArray().Where(tool => tool!["type"]!.GetValue<string>() == "function"))
        {
            foreach (var key in (string[])["name", "description", "parameters", "strict"])
                Assert.True(tool!.AsObject().ContainsKey(key), $"A tool lacks '{key}'.");
        }
    }

    private static void CheckStatus(JsonObject response, string status)
    {
        Assert.Contains(status, Statuses);
        Assert.True((status == "completed") == (response["completed_at"] is not null), $"{status}, completed_at {response["completed_at"]}");
        Assert.True((status == "failed") == (response["error"] is not null), $"{status}, error {response["error"]}");
        Assert.True((status == "incomplete") == (response["incomplete_details"] is not null), $"{status}, details {response["incomplete_details"]}");
        if (status == "completed")
            Assert.True(Whole(response["completed_at"]) >= Whole(response["created_at"]), "Completed before it was created.");
        if (response["error"] is JsonObject error)
            Assert.True(Text(error, "code").Length > 0 && Text(error, "message").Length > 0);
        if (response["incomplete_details"] is JsonObject details)
            Assert.Contains(Text(details, "reason"), (string[])["max_output_tokens", "content_filter"]);
        if (status is "queued" or "in_progress")
        {
            Assert.Empty(response["output"]!.AsArray());
            Assert.Null(response["usage"]);
        }
    }

    private static void CheckUsage(JsonObject? usage)
    {
        if (usage is null)
            return;
        var (input, output) = (Whole(usage["input_tokens"]), Whole(usage["output_tokens"]));
        Assert.Equal(input + output, Whole(usage["total_tokens"]));
        Assert.InRange(Whole(usage["input_tokens_details"]!["cached_tokens"]), 0, input);
        Assert.InRange(Whole(usage["output_tokens_details"]!["reasoning_tokens"]), 0, output);
    }

    private static void CheckOutput(JsonArray output, string status)
    {
        Assert.Equal(output.Count, output.Select(item => Text(item!.AsObject(), "id")).Distinct(StringComparer.Ordinal).Count());
        for (var i = 0; i < output.Count; i++)
        {
            var item = output[i]!.AsObject();
            ItemRules.Check(item);
            if (item["status"]?.GetValue<string>() is not { } own)
                continue;
            Assert.NotEqual("in_progress", own);
            if (own == "incomplete" && status != "failed")
                Assert.True(i == output.Count - 1 && status == "incomplete", "An incomplete item must be the last, of an incomplete response.");
        }
    }

    private static string Text(JsonObject holder, string name) => holder[name]!.GetValue<string>();

    // Throws on 1.5 and on "1".
    private static long Whole(JsonNode? node) => node!.AsValue().GetValue<long>();

    [GeneratedRegex("^resp_[0-9a-f]{48}$")]
    private static partial Regex ResponseId();
}
