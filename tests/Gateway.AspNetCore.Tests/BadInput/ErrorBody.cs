using System.Net;
using System.Text.Json.Nodes;

namespace AiGateway.AspNetCore.Tests.BadInput;

/// <summary>An error as it came over the wire, its form checked: four keys, JSON, a request id.</summary>
public sealed record ErrorBody(string Type, string? Code, string Message, string? Param)
{
    public static async Task<ErrorBody> ReadAsync(HttpResponseMessage response, HttpStatusCode expected)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(expected == response.StatusCode, $"Expected {expected}, got {response.StatusCode}: {text}");
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.StartsWith("req_", Assert.Single(response.Headers.GetValues("x-request-id")), StringComparison.Ordinal);
        return Of(JsonNode.Parse(text)!.AsObject());
    }

    /// <summary>Reads <c>{"error":{…}}</c>, which has that one member, and it these four.</summary>
    public static ErrorBody Of(JsonObject body)
    {
        Assert.Equal(["error"], body.Select(p => p.Key));
        return OfFields(body["error"]!.AsObject());
    }

    public static ErrorBody OfFields(JsonObject error)
    {
        Assert.Equal(["code", "message", "param", "type"], error.Select(p => p.Key).Order(StringComparer.Ordinal));
        var message = error["message"]!.GetValue<string>();
        Assert.NotEmpty(message);
        return new ErrorBody(error["type"]!.GetValue<string>(), error["code"]?.GetValue<string>(), message, error["param"]?.GetValue<string>());
    }
}
