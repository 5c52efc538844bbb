using System.Text;
using System.Text.Json.Nodes;
using AiGateway.Protocol;
using AiGateway.Providers;
using AiGateway.Providers.Demo;
using AiGateway.Providers.Events;
using Xunit;

namespace AiGateway.Tests.Providers.Demo;

/// <summary>Calls to the demo, as its tests make them.</summary>
internal static class DemoCalls
{
    public static readonly DemoProvider Provider = new(new ProviderOptions { Name = "demo", Kind = "demo" }, TimeProvider.System);

    public static async Task<JsonNode> JsonAsync(ApiKind api, string body, int status = 200)
    {
        await using var answer = await SendAsync(api, body);
        var text = Encoding.UTF8.GetString((await answer.ReadToEndAsync(1 << 22, CancellationToken.None)).Span);
        Assert.True(answer.Status == status, $"{answer.Status}: {text}");
        Assert.Equal("application/json", answer.ContentType);
        return JsonNode.Parse(text)!;
    }

    public static async Task<List<(string Type, JsonNode? Data)>> EventsAsync(ApiKind api, string body)
    {
        await using var answer = await SendAsync(api, body, stream: true);
        Assert.True(answer.IsEventStream);
        await using var reader = new EventStreamReader(answer.Body);
        var events = new List<(string, JsonNode?)>();
        while (await reader.ReadAsync())
            events.Add((reader.EventType, reader.Data.Span.SequenceEqual("[DONE]"u8) ? null : JsonNode.Parse(reader.Data.Span)));
        return events;
    }

    public static ValueTask<ProviderAnswer> SendAsync(ApiKind api, string body, bool stream = false) =>
        Provider.SendAsync(new ProviderCall { Api = api, Body = Encoding.UTF8.GetBytes(body), Stream = stream }, CancellationToken.None);

    public static string Chat(string text, string more = "") =>
        $$"""{"model":"demo","messages":[{"role":"user","content":"{{text}}"}]{{(more.Length > 0 ? "," : "")}}{{more}}}""";
}
