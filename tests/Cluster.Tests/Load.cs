using System.Net;
using System.Text.Json.Nodes;
using AiGateway.EndToEnd.Tests.Durability.Driver;
using AiGateway.EndToEnd.Tests.Durability.History;

namespace AiGateway.Cluster.Tests;

/// <summary>
/// Clients behind a balancer, that call all the time in every way, and repeat as the official SDKs do: a call that was not answered, or with 503, two more times. A
/// stream that has begun is not repeated; one of a background response is followed on behind its last event.
/// </summary>
internal sealed class Load
{
    private const int Tries = 3;
    private const int Clients = 6;

    private readonly ClusterScene _scene;
    private readonly Task _balancing;
    private readonly List<Task> _walks;
    private bool _over;
    private int _served;

    public Load(ClusterScene scene)
    {
        _scene = scene;
        Balancer = new Balancer(scene.Frontends);
        _balancing = Balancer.RunAsync(() => Volatile.Read(ref _over));
        _walks = [.. Enumerable.Range(0, Clients).Select(i => Task.Run(() => WalkAsync(i)))];
    }

    public Balancer Balancer { get; }

    /// <summary>Lets what runs be longer than a stream of these clients.</summary>
    public static void Configure(JsonObject settings) => settings["Responses"]!["DrainTimeout"] = "00:00:20";

    /// <summary>Ends when so many more calls were served; fails where one was not.</summary>
    public async Task ServedAsync(int more)
    {
        var goal = Volatile.Read(ref _served) + more;
        await Calls.UntilAsync(
            async () =>
            {
                foreach (var walk in _walks.Where(walk => walk.IsCompleted))
                    await walk;
                return Volatile.Read(ref _served) >= goal;
            },
            ClusterScene.Patience,
            () => $"No client gets on.\n{_scene.Everything}");
    }

    /// <summary>Lets clients end what they have begun; fails where that does not.</summary>
    public async Task EndAsync()
    {
        Volatile.Write(ref _over, true);
        await Task.WhenAll(_walks.Append(_balancing)).WaitAsync(ClusterScene.Patience);
        Assert.Empty(_scene.History.Surprises);
    }

    private async Task WalkAsync(int number)
    {
        using var client = new GatewayClient(Balancer.Next, _scene.History, isPatient: true);
        for (var call = number; !Volatile.Read(ref _over); call++)
        {
            await ((call % 5) switch
            {
                0 => TriedAsync(client, HttpMethod.Post, "/v1/chat/completions", """{"model":"talk-chat","messages":[{"role":"user","content":"say x 5 5"}]}"""),
                1 => PollAsync(client, background: true),
                2 => PollAsync(client, background: false),
                3 => StreamAsync(client, background: true),
                _ => StreamAsync(client, background: false),
            });
            Interlocked.Increment(ref _served);
        }
    }

    private static async Task PollAsync(GatewayClient client, bool background)
    {
        var made = await TriedAsync(client, HttpMethod.Post, "/v1/responses", Calls.Body(5, background: background));
        var (id, status) = ((string)made["id"]!, (string)made["status"]!);
        while (status is "queued" or "in_progress")
        {
            await Task.Delay(20);
            status = (string)(await TriedAsync(client, HttpMethod.Get, $"/v1/responses/{id}", null))["status"]!;
        }

        Assert.Equal("completed", status);
    }

    // Long enough for nodes to be stopped while it comes.
    private static async Task StreamAsync(GatewayClient client, bool background)
    {
        string? id = null;
        var (body, key) = (Calls.Body(60, background: background, stream: true, pace: 10), Guid.NewGuid().ToString("N"));
        var frames = new List<Frame>();
        for (var vain = 0; ;)
        {
            var after = frames.Count - 1L;
            var reading = id is null
                ? await client.ReadAsync(HttpMethod.Post, "/v1/responses", body, key, after, _ => false, (created, _) => id = created)
                : await client.ReadAsync(HttpMethod.Get, $"/v1/responses/{id}?stream=true&starting_after={after}", null, null, after, _ => false);
            frames.AddRange(reading?.Frames ?? []);
            if (reading?.IsWhole == true)
                break;
            Assert.True(background || reading is null or { Frames.Count: 0 }, $"The stream of {id} broke behind {frames.Count} events.");
            vain = reading is { Frames.Count: > 0 } ? 0 : vain + 1;
            Assert.True(vain < Tries, $"A stream was not answered {Tries} times.");
            await Task.Delay(TimeSpan.FromMilliseconds(500 * vain));
        }

        Assert.Equal("response.completed", frames[^1].Type);
        Assert.Equal(Enumerable.Range(0, frames.Count).Select(i => (long)i), frames.Select(frame => frame.Sequence));
    }

    private static async Task<JsonNode> TriedAsync(GatewayClient client, HttpMethod method, string path, string? body)
    {
        var key = method == HttpMethod.Post && path == "/v1/responses" ? Guid.NewGuid().ToString("N") : null;
        for (var attempt = 1; ; attempt++)
        {
            if (await client.TryAsync(method, path, body, key) is { } answer)
            {
                Assert.True(answer.Status == HttpStatusCode.OK, $"{method} {path}: {answer.Status} {answer.Body}");
                return JsonNode.Parse(answer.Body)!;
            }

            Assert.True(attempt < Tries, $"{method} {path} was not answered {Tries} times.");
            await Task.Delay(TimeSpan.FromMilliseconds(500 * attempt));
        }
    }
}
