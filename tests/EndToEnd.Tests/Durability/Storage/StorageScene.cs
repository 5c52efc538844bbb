using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AiGateway.EndToEnd.Tests.Durability.Driver;
using AiGateway.EndToEnd.Tests.Durability.History;
using AiGateway.EndToEnd.Tests.Processes;
using AiGateway.Upstream;

namespace AiGateway.EndToEnd.Tests.Durability.Storage;

/// <summary>A gateway whose storage is taken away and given back, and what is to hold meanwhile and afterwards.</summary>
internal sealed class StorageScene(GatewayProcess gateway, ScriptedUpstream upstream) : IAsyncDisposable
{
    // A lock is waited for two seconds; the rest is a busy machine's.
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly Recorder _history = new();
    private int _count;

    public static async Task<StorageScene> StartAsync(Func<object, Task<GatewayProcess>> start)
    {
        var upstream = await ScriptedUpstream.StartAsync();
        Talk.PlayAt(upstream);
        return new StorageScene(await start(Talk.Settings(upstream)), upstream);
    }

    public GatewayProcess Gateway => gateway;

    public string File => Path.Combine(gateway.Folder, "data", "aigateway.db");

    /// <summary>Runs through the whole: before, without the storage, and with it again.</summary>
    /// <param name="takeAway">Makes the storage fail.</param>
    /// <param name="giveBack">Ends that.</param>
    /// <param name="cancels">Whether to cancel too while it is away: that is waited for longest.</param>
    public async Task PlayAsync(Func<Task> takeAway, Func<Task> giveBack, bool cancels)
    {
        using var client = new GatewayClient(() => gateway.Address, _history);
        var kept = await CreatedAsync();
        var running = await StartedAsync(client, words: 400, pace: 10);
        var doomed = await StartedAsync(client, words: 4, pace: 1, rest: " hold");
        var following = client.ReadAsync(HttpMethod.Get, $"/v1/responses/{running}?stream=true", null, null, -1, _ => false);

        await takeAway();
        await Task.WhenAll(
            RefusedAsync(Order(), "/v1/responses"),
            RefusedAsync(Order(background: true), "/v1/responses"),
            RefusedAsync(Order(background: true, stream: true), "/v1/responses"),
            cancels ? RefusedAsync(null, $"/v1/responses/{doomed}/cancel") : Task.CompletedTask,
            RefusedStreamAsync(client),
            GoesOnAsync());
        Assert.Equal(kept.Body, (await AskAsync(HttpMethod.Get, $"/v1/responses/{kept.Id}")).Body);

        await giveBack();
        var (status, ended) = await client.AskAsync(HttpMethod.Post, $"/v1/responses/{doomed}/cancel");
        Assert.Equal((HttpStatusCode.OK, "cancelled"), (status, (string?)JsonNode.Parse(ended)!["status"]));
        var reading = await following;
        Assert.NotNull(reading);
        Assert.True(reading.IsWhole && reading.Frames[^1].Type == "response.completed", string.Concat(reading.Frames.TakeLast(3).Select(f => f.Text)));
        var again = await client.ReadAsync(HttpMethod.Get, $"/v1/responses/{running}?stream=true", null, null, -1, _ => false);
        Assert.Equal(string.Concat(reading.Frames.Select(f => f.Text)), string.Concat(again!.Frames.Select(f => f.Text)));
        Assert.Equal(kept.Body, (await AskAsync(HttpMethod.Get, $"/v1/responses/{kept.Id}")).Body);
        await CreatedAsync();
        await NothingHangsAsync();
        Assert.Empty(_history.Surprises);

        gateway.Kill();
        await gateway.RestartAsync();
        Assert.Equal(kept.Body, (await AskAsync(HttpMethod.Get, $"/v1/responses/{kept.Id}")).Body);
        Assert.Equal(ended, (await AskAsync(HttpMethod.Get, $"/v1/responses/{doomed}")).Body);
    }

    /// <summary>Creates a stored response; null where that was refused for want of storage.</summary>
    /// <param name="padding">How many bytes its input is longer than it must be.</param>
    public async Task<(string Id, string Body)?> TryCreateAsync(int padding = 0)
    {
        var answer = await AskAsync(HttpMethod.Post, "/v1/responses", Order(padding: padding));
        if (answer.Status == HttpStatusCode.ServiceUnavailable)
            return null;
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Body);
        return ((string)JsonNode.Parse(answer.Body)!["id"]!, answer.Body);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await gateway.DisposeAsync();
        await upstream.DisposeAsync();
    }

    private async Task<(string Id, string Body)> CreatedAsync() => await TryCreateAsync() ?? throw new InvalidOperationException("A response was refused although there is storage.");

    private async Task<string> StartedAsync(GatewayClient client, int words, int pace, string rest = "")
    {
        string? id = null;
        await client.ReadAsync(HttpMethod.Post, "/v1/responses", Order(background: true, stream: true, words: words, pace: pace, rest: rest), null, -1, f => f.Sequence == 3, (told, _) => id = told);
        return id!;
    }

    // Whatever is to be kept is refused, in bounded time, and says how to go on.
    private async Task RefusedAsync(string? body, string path)
    {
        var began = Stopwatch.GetTimestamp();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway.Address, path));
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await _http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.ServiceUnavailable, $"{path} {body} was answered {(int)answer.StatusCode}: {text}");
        Assert.Equal("storage_unavailable", (string?)JsonNode.Parse(text)!["error"]!["code"]);
        Assert.True(answer.Headers.RetryAfter?.Delta > TimeSpan.Zero, $"{answer.Headers}");
        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, Bound);
    }

    // A stream that has begun cannot be refused any more; but its client is not told of an end that is not kept.
    private async Task RefusedStreamAsync(GatewayClient client)
    {
        var reading = await client.ReadAsync(HttpMethod.Post, "/v1/responses", Order(stream: true), null, -1, _ => false);
        Assert.NotNull(reading);
        Assert.DoesNotContain(reading.Frames, f => f.Type is "response.completed" or "response.incomplete");
    }

    private async Task GoesOnAsync()
    {
        var answer = await AskAsync(HttpMethod.Post, "/v1/responses", Order(store: false));
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Body);
        var chat = JsonSerializer.Serialize(new { model = Talk.ChatModel, messages = new[] { new { role = "user", content = "say x 3 1" } } });
        answer = await AskAsync(HttpMethod.Post, "/v1/chat/completions", chat);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Body);
    }

    private async Task NothingHangsAsync()
    {
        using var deadline = new CancellationTokenSource(Bound);
        while ((await StoredIds.UnendedAsync(File)).Count > 0)
            await Task.Delay(20, deadline.Token);
    }

    private async Task<(HttpStatusCode Status, string Body)> AskAsync(HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(gateway.Address, path));
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await _http.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private string Order(bool background = false, bool stream = false, bool store = true, int words = 3, int pace = 1, string rest = "", int padding = 0) => JsonSerializer.Serialize(new
    {
        model = Talk.ChatModel,
        instructions = new string('x', padding),
        input = string.Create(CultureInfo.InvariantCulture, $"say s{_count++} {words} {pace}{rest}"),
        background,
        stream,
        store,
    });
}
