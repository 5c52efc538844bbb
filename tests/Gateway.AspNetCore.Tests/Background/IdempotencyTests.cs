using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.AspNetCore.Tests.Responses;
using AiGateway.Upstream;
using static AiGateway.AspNetCore.Tests.Background.BackgroundCalls;

namespace AiGateway.AspNetCore.Tests.Background;

/// <summary>A create that is repeated under its <c>Idempotency-Key</c> gives the response that the first one made.</summary>
public sealed class IdempotencyTests
{
    [Theory]
    [InlineData("""{"model":"m","input":"Hi"}""")]
    [InlineData("""{"model":"m","input":"Hi","background":true}""")]
    public async Task Repeated_it_is_the_same_response(string request)
    {
        await using var served = await Served.ByChatAsync(Chat.Text("Hello"));

        var first = await JsonAsync(served.Gateway, request, "key-1");
        await served.Gateway.PollAsync(first.Id());
        var again = await JsonAsync(served.Gateway, request, "key-1");
        var other = await JsonAsync(served.Gateway, request, "key-2");

        Assert.True(JsonNode.DeepEquals(await served.Gateway.RetrieveAsync(first.Id()), again));
        Assert.NotEqual(first.Id(), other.Id());
        await served.Gateway.PollAsync(other.Id());
        Assert.Equal(2, served.Upstream.Requests.Count);
    }

    [Theory]
    [InlineData("""{"model":"m","input":"Hi","stream":true}""")]
    [InlineData("""{"model":"m","input":"Hi","stream":true,"background":true}""")]
    public async Task Repeated_as_a_stream_it_is_streamed(string request)
    {
        await using var served = await Served.ByChatAsync(Chat.Text("One two three"));

        var first = ResponseStreamChecker.Check(await StreamAsync(served.Gateway, request, "key"));
        var again = ResponseStreamChecker.Check(await StreamAsync(served.Gateway, request, "key"));

        Assert.True(JsonNode.DeepEquals(first.Final, again.Final));
        Assert.Equal("One two three", again.Joined("response.output_text.delta"));
        Assert.Single(served.Upstream.Requests);
    }

    [Fact]
    public async Task One_that_comes_while_the_first_runs_waits_for_it()
    {
        var gate = new TaskCompletionSource();
        await using var served = await Served.ByChatAsync(BackgroundTests.Held(false, gate.Task));

        var both = Task.WhenAll(JsonAsync(served.Gateway, Served.Hello, "key"), JsonAsync(served.Gateway, Served.Hello, "key"));
        await served.Upstream.NextRequestAsync();
        gate.SetResult();

        var answers = await both;
        Assert.True(JsonNode.DeepEquals(answers[0], answers[1]));
        Assert.Single(served.Upstream.Requests);
    }

    [Fact]
    public async Task Where_the_first_came_to_nothing_the_next_is_made()
    {
        await using var served = await Served.ByChatAsync();
        served.Upstream.Enqueue(Errors.ServerError(500), Chat.Text("Hello"));

        using var failed = await PostAsync(served.Gateway, Served.Hello, "key");
        var made = await JsonAsync(served.Gateway, Served.Hello, "key");

        Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);
        Assert.Equal("Hello", made.OutputText());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Another_body_under_the_same_key_is_409(bool background)
    {
        await using var served = await Served.ByChatAsync(Chat.Text("Hello"));
        await JsonAsync(served.Gateway, background ? Request : Served.Hello, "key");

        using var refused = await PostAsync(served.Gateway, """{"model":"m","input":"Something else"}""", "key");

        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("idempotency_key_reused", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_belong_to_their_tenant_and_have_a_bound()
    {
        await using var upstream = (await ScriptedUpstream.StartAsync()).Always(Chat.Text("Hello"));
        await using var gateway = await TestGateway.StartAsync(upstream, hooks: new KeyIsTenant());

        var ann = await JsonAsync(gateway, Served.Hello, "key", "ann");
        var bob = await JsonAsync(gateway, Served.Hello, "key", "bob");
        using var refused = await PostAsync(gateway, Served.Hello, new string('k', 256), "ann");

        Assert.NotEqual(ann.Id(), bob.Id());
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    private static async Task<HttpResponseMessage> PostAsync(TestGateway gateway, string body, string idempotencyKey, string? key = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/responses") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("Idempotency-Key", idempotencyKey);
        if (key is not null)
            request.Headers.Authorization = new("Bearer", key);
        return await gateway.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private static async Task<JsonObject> JsonAsync(TestGateway gateway, string body, string idempotencyKey, string? key = null)
    {
        using var response = await PostAsync(gateway, body, idempotencyKey, key);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!.AsObject();
    }

    private static async Task<List<System.Net.ServerSentEvents.SseItem<string>>> StreamAsync(TestGateway gateway, string body, string idempotencyKey)
    {
        using var response = await PostAsync(gateway, body, idempotencyKey);
        Assert.True(response.IsSuccessStatusCode, response.StatusCode.ToString());
        return await response.ReadEventsAsync();
    }
}
