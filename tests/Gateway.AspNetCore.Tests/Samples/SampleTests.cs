using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.Harness;

namespace AiGateway.AspNetCore.Tests.Samples;

public sealed class SampleTests
{
    [Fact]
    public async Task Embedding_serves_its_own_page_beside_the_gateway_and_its_hook_changes_requests()
    {
        await using var sample = await SampleProcess.StartAsync("Embedding");

        var page = await sample.Client.GetStringAsync(new Uri("/", UriKind.Relative));
        var chat = await JsonAsync(sample, "/v1/chat/completions", """{"model":"demo","messages":[{"role":"user","content":"Hello!"}]}""");
        var response = await JsonAsync(sample, "/v1/responses", """{"model":"demo","input":"Hello!"}""");

        Assert.Contains("/v1", page, StringComparison.Ordinal);
        Assert.Equal("You said: Hello!", chat["choices"]![0]!["message"]!["content"]!.GetValue<string>());
        Assert.StartsWith("Answer in one sentence.", response["instructions"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hooks_keeps_strangers_out()
    {
        await using var sample = await SampleProcess.StartAsync("Hooks");

        using var none = await PostAsync(sample, "/v1/embeddings", """{"model":"demo","input":"Hello!"}""", key: null);
        using var wrong = await PostAsync(sample, "/v1/responses", """{"model":"demo","input":"Hello!"}""", key: "sample-key-of-bob");
        using var models = await sample.Client.GetAsync(new Uri("/v1/models", UriKind.Relative));

        Assert.Equal(HttpStatusCode.Unauthorized, none.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, models.StatusCode);
        Assert.Contains("401 invalid_api_key", await sample.LineAsync("401"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hooks_gives_each_key_its_tenant()
    {
        await using var sample = await SampleProcess.StartAsync("Hooks");
        var first = await JsonAsync(sample, "/v1/responses", """{"model":"demo","input":"Hello!"}""");
        var next = $$"""{"model":"demo","input":"And now?","previous_response_id":"{{first["id"]}}"}""";

        using var mine = await PostAsync(sample, "/v1/responses", next);
        using var anothers = await PostAsync(sample, "/v1/responses", next, "sample-key-of-ben");

        Assert.Equal(HttpStatusCode.OK, mine.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, anothers.StatusCode);
    }

    [Fact]
    public async Task Hooks_logs_calls_without_what_was_said()
    {
        await using var sample = await SampleProcess.StartAsync("Hooks");

        using var answer = await PostAsync(sample, "/v1/chat/completions", """{"model":"demo","messages":[{"role":"user","content":"Confidential"}]}""");
        var line = await sample.LineAsync(answer.Headers.GetValues("x-request-id").Single());

        Assert.Contains("of ann: Chat with demo at demo: answered, ", line, StringComparison.Ordinal);
        Assert.DoesNotContain("Confidential", line, StringComparison.Ordinal);
        Assert.DoesNotContain("sample-key", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("The word is swordfish, I think.", "You said: The word is [redacted], I think.")]
    [InlineData("A sword is no fish.", "You said: A sword is no fish.")]
    public async Task Hooks_redacts_streamed_or_not(string said, string shown)
    {
        await using var sample = await SampleProcess.StartAsync("Hooks");
        var chat = new JsonObject { ["model"] = "demo", ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = said }) };
        var response = new JsonObject { ["model"] = "demo", ["input"] = said };

        Assert.Equal(shown, (await JsonAsync(sample, "/v1/chat/completions", chat.ToJsonString()))["choices"]![0]!["message"]!["content"]!.GetValue<string>());
        Assert.Equal(shown, (await JsonAsync(sample, "/v1/responses", response.ToJsonString()))["output"]![0]!["content"]![0]!["text"]!.GetValue<string>());

        chat["stream"] = true;
        response["stream"] = true;
        var chunks = await EventsAsync(sample, "/v1/chat/completions", chat.ToJsonString());
        var events = await EventsAsync(sample, "/v1/responses", response.ToJsonString());
        Assert.Equal(shown, string.Concat(chunks.Select(c => c["choices"]![0]!["delta"]!["content"]?.GetValue<string>())));
        Assert.Equal(shown, string.Concat(events.Where(e => Type(e) == "response.output_text.delta").Select(e => e["delta"]!.GetValue<string>())));
        Assert.Equal(shown, events.Single(e => Type(e) == "response.output_text.done")["text"]!.GetValue<string>());
        Assert.Equal(shown, events[^1]["response"]!["output"]![0]!["content"]![0]!["text"]!.GetValue<string>());
    }

    [Fact]
    public async Task Hooks_gives_back_at_the_end_of_a_chat_stream_what_it_held_back_in_vain()
    {
        await using var sample = await SampleProcess.StartAsync("Hooks");

        var chunks = await EventsAsync(sample, "/v1/chat/completions", """{"model":"demo","stream":true,"messages":[{"role":"user","content":"Look, a sword"}]}""");

        Assert.Equal("You said: Look, a sword", string.Concat(chunks.Select(c => c["choices"]![0]!["delta"]!["content"]?.GetValue<string>())));
    }

    private static string Type(JsonObject json) => json["type"]!.GetValue<string>();

    private static async Task<JsonObject> JsonAsync(SampleProcess sample, string path, string json)
    {
        using var response = await PostAsync(sample, path, json);
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, body);
        return JsonNode.Parse(body)!.AsObject();
    }

    private static async Task<List<JsonObject>> EventsAsync(SampleProcess sample, string path, string json)
    {
        using var response = await PostAsync(sample, path, json);
        return (await response.ReadEventsAsync()).JsonBeforeDone();
    }

    private static Task<HttpResponseMessage> PostAsync(SampleProcess sample, string path, string json, string? key = "sample-key-of-ann")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        if (key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return sample.Client.SendAsync(request);
    }
}
