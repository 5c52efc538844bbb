using System.Net;
using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.AspNetCore.Tests.Schema;

namespace AiGateway.AspNetCore.Tests.Responses;

/// <summary>
/// Calls of <c>POST /v1/responses</c> whose every body and event is held against <see cref="ResponseRules"/>, <see cref="ResponseStreamChecker"/> and, where
/// it is there, Open Responses' own file.
/// </summary>
internal static class ResponseCalls
{
    private const string Path = "/v1/responses";

    /// <summary>Creates a response and waits for all of it.</summary>
    /// <param name="gateway">Where.</param>
    /// <param name="request">The body.</param>
    /// <param name="isStandard">False where the test is about something that OpenAI has and Open Responses' schema refuses.</param>
    /// <param name="key">The caller's key.</param>
    public static async Task<JsonObject> CreateAsync(this TestGateway gateway, string request, bool isStandard = true, string? key = null)
    {
        var response = await gateway.PostJsonAsync(Path, request, key: key);
        ResponseRules.Check(response);
        if (isStandard)
            OpenResponsesSchema.CheckResponse(response);
        return response;
    }

    /// <summary>Creates a response and follows its events; <c>stream</c> is added to the body.</summary>
    /// <inheritdoc cref="CreateAsync"/>
    public static async Task<ResponseStream> StreamAsync(this TestGateway gateway, string request, bool isStandard = true, string? key = null)
    {
        var body = JsonNode.Parse(request)!.AsObject();
        body["stream"] = true;
        var stream = ResponseStreamChecker.Check(await gateway.PostStreamAsync(Path, body.ToJsonString(), key));
        if (isStandard)
        {
            foreach (var streamed in stream.Events)
                OpenResponsesSchema.CheckEvent(streamed);
        }

        return stream;
    }

    /// <summary>Asks for a response that is refused; the error object.</summary>
    public static async Task<JsonObject> RefusedAsync(this TestGateway gateway, string request, HttpStatusCode status = HttpStatusCode.BadRequest, string? key = null)
    {
        var body = await gateway.PostJsonAsync(Path, request, status, key);
        var error = body["error"]!.AsObject();
        foreach (var member in (string[])["message", "type", "param", "code"])
            Assert.True(error.ContainsKey(member), $"The error lacks '{member}'.");
        return error;
    }

    /// <summary>The text of all output messages.</summary>
    public static string OutputText(this JsonObject response) => string.Concat(
        response.Items("message").SelectMany(item => item["content"]!.AsArray()).Select(part => part!["text"]?.GetValue<string>()));

    /// <summary>The output items of a type.</summary>
    public static IReadOnlyList<JsonObject> Items(this JsonObject response, string type) =>
        [.. response["output"]!.AsArray().Select(item => item!.AsObject()).Where(item => item["type"]!.GetValue<string>() == type)];

    public static string Status(this JsonObject response) => response["status"]!.GetValue<string>();

    public static string Id(this JsonObject holder) => holder["id"]!.GetValue<string>();
}
