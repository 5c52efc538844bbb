using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AiGateway.AspNetCore.Tests.Responses;

/// <summary>What holds for every output item that a client sees (<c>spec/responses.md</c> §9), open or done.</summary>
internal static partial class ItemRules
{
    /// <summary>Fails where an item breaks a rule.</summary>
    public static void Check(JsonObject item)
    {
        var id = item["id"]!.GetValue<string>();
        Assert.Matches(Id(), id);
        var type = item["type"]!.GetValue<string>();
        Assert.StartsWith(PrefixOf(type), id, StringComparison.Ordinal);
        foreach (var (name, value) in item)
            Assert.True(value is not null || name is not ("phase" or "encrypted_content" or "content" or "status"), $"'{name}' is null: it must be left out instead.");
        switch (type)
        {
            case "message":
                Assert.Equal("assistant", item["role"]!.GetValue<string>());
                CheckStatus(item);
                foreach (var part in item["content"]!.AsArray())
                    CheckPart(part!.AsObject(), "output_text", "refusal");
                break;
            case "function_call":
                CheckStatus(item);
                Assert.NotEmpty(item["name"]!.GetValue<string>());
                Assert.NotEmpty(item["call_id"]!.GetValue<string>());
                Assert.Equal(JsonValueKind.String, item["arguments"]!.GetValueKind());
                break;
            case "reasoning":
                foreach (var part in item["summary"]!.AsArray())
                    CheckPart(part!.AsObject(), "summary_text");
                foreach (var part in item["content"] as JsonArray ?? [])
                    CheckPart(part!.AsObject(), "reasoning_text");
                break;
        }
    }

    /// <summary>Fails where a part is of no kind named, or lacks a member.</summary>
    public static void CheckPart(JsonObject part, params string[] kinds)
    {
        var kind = part["type"]!.GetValue<string>();
        Assert.Contains(kind, kinds);
        Assert.Equal(JsonValueKind.String, part[kind == "refusal" ? "refusal" : "text"]!.GetValueKind());
        if (kind == "output_text")
            Assert.IsType<JsonArray>(part["annotations"]);
        Assert.True(!part.ContainsKey("logprobs") || part["logprobs"] is JsonArray, "logprobs");
    }

    private static void CheckStatus(JsonObject item) =>
        Assert.Contains(item["status"]!.GetValue<string>(), (string[])["in_progress", "completed", "incomplete"]);

    private static string PrefixOf(string type) => type switch
    {
        "message" => "msg_",
        "function_call" => "fc_",
        "reasoning" => "rs_",
        "web_search_call" => "ws_",
        "custom_tool_call" => "ctc_",
        _ => "",
    };

    [GeneratedRegex("^[a-z]+_[0-9a-f]{48}$")]
    private static partial Regex Id();
}
