using System.Net;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.BadInput;

namespace AiGateway.AspNetCore.Tests.BadProviders;

/// <summary>All that a client was told: status, headers, body.</summary>
public sealed record Answer(HttpResponseMessage Response, string Body)
{
    public static async Task<Answer> ReadAsync(HttpResponseMessage response) => new(response, await response.Content.ReadAsStringAsync());

    /// <summary>Headers and body, for what must not be in them.</summary>
    public string Everything => $"{(int)Response.StatusCode} {Response.ReasonPhrase}\n{Response.Headers}{Response.Content.Headers}{Response.TrailingHeaders}\n{Body}";

    public string? Header(string name) =>
        Response.Headers.TryGetValues(name, out var values) || Response.Content.Headers.TryGetValues(name, out values) ? string.Join(",", values) : null;

    public Task<ErrorBody> ErrorAsync(int status) => ErrorBody.ReadAsync(Response, (HttpStatusCode)status);

    public List<SseItem<string>> Events()
    {
        Assert.True(Response.StatusCode == HttpStatusCode.OK, Everything);
        Assert.Equal("text/event-stream", Response.Content.Headers.ContentType?.MediaType);
        return [.. SseParser.Create(new MemoryStream(Encoding.UTF8.GetBytes(Body))).Enumerate()];
    }

    /// <summary>The error by which a stream that had begun ended, its form checked as the API demands.</summary>
    public ErrorBody StreamError(Call call)
    {
        var events = Events();
        return call.IsResponses ? ResponsesError(events) : DataError(events, call.IsChat ? "message" : "error");
    }

    // Chat: the error is the last thing said; [DONE] would say that all was well.
    private static ErrorBody DataError(List<SseItem<string>> events, string eventType)
    {
        Assert.True(events.Count > 1, "Nothing came before the error.");
        Assert.Equal(eventType, events[^1].EventType);
        Assert.All(events[..^1], e => Assert.Null(Json(e)["error"]));
        return ErrorBody.Of(Json(events[^1]));
    }

    private static ErrorBody ResponsesError(List<SseItem<string>> events)
    {
        Assert.Equal("[DONE]", events[^1].Data);
        var json = events[..^1].ConvertAll(Json);
        Assert.Equal("response.created", json[0]["type"]!.GetValue<string>());
        Assert.Equal(Enumerable.Range(0, json.Count), json.Select(e => e["sequence_number"]!.GetValue<int>()));
        Assert.Equal(events[..^1].Select(e => e.EventType), json.Select(e => e["type"]!.GetValue<string>()));

        var (error, failed) = (json[^2], json[^1]);
        Assert.Equal(("error", "response.failed"), (error["type"]!.GetValue<string>(), failed["type"]!.GetValue<string>()));
        var told = ErrorBody.OfFields(error["error"]!.AsObject());
        Assert.Equal((told.Code, told.Message, told.Param), (error["code"]?.GetValue<string>(), error["message"]!.GetValue<string>(), error["param"]?.GetValue<string>()));
        var response = failed["response"]!.AsObject();
        Assert.Equal("failed", response["status"]!.GetValue<string>());
        Assert.Equal(told.Message, response["error"]!["message"]!.GetValue<string>());
        Assert.Single(json, e => e["response"]?["status"]?.GetValue<string>() is "failed" or "completed" or "incomplete");
        return told;
    }

    private static JsonObject Json(SseItem<string> item) => JsonNode.Parse(item.Data)!.AsObject();
}
