using System.Net;
using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.AspNetCore.Tests.Responses;
using AiGateway.AspNetCore.Tests.Schema;

namespace AiGateway.AspNetCore.Tests.Compaction;

/// <summary>Calls of <c>POST /v1/responses/compact</c> whose every answer is held against Open Responses' own file and what the digest says besides.</summary>
internal static class Compactions
{
    private const string Path = "/v1/responses/compact";

    public static async Task<JsonObject> CompactAsync(this TestGateway gateway, string request, string? key = null)
    {
        var compacted = await gateway.PostJsonAsync(Path, request, key: key);
        OpenResponsesSchema.Check("CompactResource", compacted);
        Assert.Equal("response.compaction", compacted["object"]!.GetValue<string>());
        Assert.StartsWith("resp_", compacted.Id(), StringComparison.Ordinal);
        var output = compacted["output"]!.AsArray();
        Assert.All(output.SkipLast(1), item =>
        {
            Assert.Equal(("message", "user", "completed"), (item!["type"]!.ToString(), item["role"]!.ToString(), item["status"]!.ToString()));
            Assert.NotNull(item["id"]);
        });
        Assert.Equal("compaction", output[^1]!["type"]!.GetValue<string>());
        Assert.StartsWith("cmp_", output[^1]!["id"]!.GetValue<string>(), StringComparison.Ordinal);
        return compacted;
    }

    /// <summary>Asks for a compaction that is refused; the error object.</summary>
    public static async Task<JsonObject> CompactRefusedAsync(this TestGateway gateway, string request, HttpStatusCode status = HttpStatusCode.BadRequest, string? key = null) =>
        (await gateway.PostJsonAsync(Path, request, status, key))["error"]!.AsObject();

    /// <summary>The compaction item's content.</summary>
    public static string Sealed(this JsonObject compacted) => compacted.Items("compaction")[0]["encrypted_content"]!.GetValue<string>();

    /// <summary>The output as input for a next turn, with one more user message.</summary>
    public static string Then(this JsonObject compacted, string text)
    {
        var input = compacted["output"]!.DeepClone().AsArray();
        input.Add(new JsonObject { ["type"] = "message", ["role"] = "user", ["content"] = text });
        return input.ToJsonString();
    }
}
