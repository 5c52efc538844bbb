using System.Net.Http.Json;
using System.Text.Json.Nodes;
using AiGateway.EndToEnd.Tests.Processes;
using AiGateway.Upstream;

namespace AiGateway.EndToEnd.Tests.Durability;

/// <summary>What is sealed in stored chains, over a file and a key that outlive the process: it is killed between the turns.</summary>
public sealed class StoredContextTests : IAsyncLifetime
{
    private const string Managed = ""","context_management":[{"type":"compaction","compact_threshold":1000}]""";
    private const string Encrypted = ""","include":["reasoning.encrypted_content"]""";
    private const string Summary = "This is a summary of the earlier conversation, which was compacted:\n\n";
    private static readonly string Long = string.Concat(Enumerable.Repeat("all that was said before ", 300));

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(30) };
    private ScriptedUpstream _chat = null!, _ann = null!, _bob = null!;
    private GatewayProcess _gateway = null!;

    public async Task InitializeAsync()
    {
        (_chat, _ann, _bob) = (await ScriptedUpstream.StartAsync(), await ScriptedUpstream.StartAsync(), await ScriptedUpstream.StartAsync());
        _gateway = await GatewayProcess.StartAsync(new
        {
            Providers = new object[]
            {
                new { Name = "chat", BaseUrl = _chat.BaseUrl, Apis = new[] { "chat" } },
                new { Name = "ann", BaseUrl = _ann.BaseUrl, Apis = new[] { "responses" } },
                new { Name = "bob", BaseUrl = _bob.BaseUrl, Apis = new[] { "responses" } },
            },
            Models = new object[] { new { Name = "chat", Provider = "chat" }, new { Name = "ann", Provider = "ann" }, new { Name = "bob", Provider = "bob" } },
        });
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _gateway.DisposeAsync();
        foreach (var upstream in (ScriptedUpstream[])[_chat, _ann, _bob])
            await upstream.DisposeAsync();
    }

    [Theory]
    [InlineData("chat", false)]
    [InlineData("chat", true)]
    [InlineData("ann", false)]
    [InlineData("ann", true)]
    public async Task A_context_is_compacted_on_the_way_more_than_once(string model, bool streamed)
    {
        var upstream = model == "chat" ? _chat : _ann;
        upstream.Enqueue([.. new[] { "Short.", Long, "They talked.", "Third.", "Fourth. " + Long, "They talked more.", "Fifth." }.Select(
            text => model == "chat" ? Chat.Text(text) : NativeResponses.Text(text))]);

        var first = await TurnAsync("One?", null);
        var second = await TurnAsync("Two?", first);
        var third = await TurnAsync("Three?", second);
        await KillAsync();
        var fourth = await TurnAsync("Four?", third);
        await KillAsync();
        var fifth = await TurnAsync("Five?", fourth);

        Assert.Equal(["message", "message", "compaction message", "message", "compaction message"], new[] { first, second, third, fourth, fifth }.Select(Types));
        Assert.Equal(7, upstream.Requests.Count);
        Assert.Equal(["One?", "Two?", Summary + "They talked.", "Three?"], Told(upstream.Requests[3]));
        Assert.Equal(["One?", "Two?", Summary + "They talked.", "Three?", "Third.", "Four?"], Told(upstream.Requests[4]));

        // The second summary is made of the first, which the stored item stood for.
        Assert.Contains("They talked.", upstream.Requests[5].Text, StringComparison.Ordinal);
        Assert.Equal(["One?", "Two?", "Three?", "Four?", Summary + "They talked more.", "Five?"], Told(upstream.Requests[6]));

        Task<JsonObject> TurnAsync(string text, JsonObject? previous) => AskAsync(model, text, previous, streamed, Managed);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Encrypted_reasoning_goes_back_to_its_maker_only(bool streamed)
    {
        _ann.Always(NativeResponses.Reasoning("From Ann.", summary: "Ann counts.", encrypted: "gAAAA-of-ann"));
        _bob.Always(NativeResponses.Reasoning("From Bob.", summary: "Bob counts.", encrypted: "gAAAA-of-bob"));
        _chat.Always(Chat.Text("From chat."));

        var first = await TurnAsync("ann", null);
        await KillAsync();
        var second = await TurnAsync("ann", first);
        var third = await TurnAsync("bob", second);
        var fourth = await TurnAsync("chat", third);
        await KillAsync();
        await TurnAsync("ann", fourth);
        await TurnAsync("bob", fourth);

        Assert.Equal(("reasoning message", "reasoning message", "message"), (Types(first), Types(third), Types(fourth)));
        Assert.StartsWith("aigw1.", first["output"]![0]!["encrypted_content"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal(["gAAAA-of-ann"], Sealed(_ann.Requests[1]));
        Assert.Equal(["gAAAA-of-ann", "gAAAA-of-ann", "-"], Sealed(_ann.Requests[2]));
        Assert.Equal(["-", "-"], Sealed(_bob.Requests[0]));
        Assert.Equal(["-", "-", "gAAAA-of-bob"], Sealed(_bob.Requests[1]));
        foreach (var request in (ReceivedRequest[])[.. _ann.Requests, .. _bob.Requests, .. _chat.Requests])
            Assert.DoesNotContain("aigw1.", request.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("gAAAA", Assert.Single(_chat.Requests).Text, StringComparison.Ordinal);
        Assert.All(_ann.Requests, request => Assert.DoesNotContain("gAAAA-of-bob", request.Text, StringComparison.Ordinal));
        Assert.All(_bob.Requests, request => Assert.DoesNotContain("gAAAA-of-ann", request.Text, StringComparison.Ordinal));

        // Nothing that the provider sealed is in the files as it came.
        foreach (var file in Directory.GetFiles(Path.Combine(_gateway.Folder, "data"), "*.db*").Where(f => !f.EndsWith(".lock", StringComparison.Ordinal)))
            Assert.DoesNotContain("gAAAA-of", System.Text.Encoding.Latin1.GetString(await ReadAsync(file)), StringComparison.Ordinal);

        Task<JsonObject> TurnAsync(string model, JsonObject? previous) => AskAsync(model, "Count.", previous, streamed, Encrypted);
    }

    private async Task<JsonObject> AskAsync(string model, string text, JsonObject? previous, bool streamed, string more)
    {
        var continued = previous is null ? "" : $""","previous_response_id":"{previous["id"]}" """;
        var body = $$"""{"model":"{{model}}","input":"{{text}}","stream":{{(streamed ? "true" : "false")}}{{continued}}{{more}}}""";
        using var content = new StringContent(body, null, "application/json");
        using var answer = await _http.PostAsync(new Uri(_gateway.Address, "/v1/responses"), content);
        var told = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, told);
        var response = !streamed
            ? JsonNode.Parse(told)!.AsObject()
            : JsonNode.Parse(told.Split('\n').Last(line => line.StartsWith("data: {", StringComparison.Ordinal))["data: ".Length..])!["response"]!.AsObject();
        Assert.Equal("completed", response["status"]!.ToString());

        // What is kept is what was told.
        var kept = await _http.GetFromJsonAsync<JsonObject>(new Uri(_gateway.Address, $"/v1/responses/{response["id"]}?include[]=reasoning.encrypted_content"));
        Assert.True(JsonNode.DeepEquals(response, kept), $"{response}\n{kept}");
        return response;
    }

    private Task KillAsync()
    {
        _gateway.Kill();
        return _gateway.RestartAsync();
    }

    private static async Task<byte[]> ReadAsync(string path)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var copy = new MemoryStream();
        await file.CopyToAsync(copy);
        return copy.ToArray();
    }

    private static string Types(JsonObject response) => string.Join(' ', response["output"]!.AsArray().Select(item => item!["type"]));

    private static IEnumerable<string> Told(ReceivedRequest request) => Items(request).Select(item => item["content"] is JsonArray parts
        ? string.Concat(parts.Select(part => part!["text"]))
        : item["content"]!.ToString());

    private static IEnumerable<string> Sealed(ReceivedRequest request) =>
        Items(request).Where(item => item["type"]?.ToString() == "reasoning").Select(item => item["encrypted_content"]?.ToString() ?? "-");

    private static IEnumerable<JsonNode> Items(ReceivedRequest request) => (request.Json["messages"] ?? request.Json["input"])!.AsArray().Select(item => item!);
}
