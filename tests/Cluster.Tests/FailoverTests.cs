using System.Net;
using System.Text.Json.Nodes;
using AiGateway.EndToEnd.Tests.Durability.History;

namespace AiGateway.Cluster.Tests;

/// <summary>What a node takes with it when it dies: nothing that anybody was told.</summary>
public sealed class FailoverTests(SmallCluster cluster) : IClassFixture<SmallCluster>
{
    // What is promised: what a dead node left is closed, or run elsewhere, within so long, by itself.
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(30);

    private readonly ClusterScene _scene = cluster.Scene;

    [Fact]
    public async Task A_response_is_found_followed_resumed_continued_and_cancelled_at_any_frontend()
    {
        using var one = _scene.ClientOf(_scene.Frontends[0]);
        using var other = _scene.ClientOf(_scene.Frontends[1]);
        string? id = null;
        var first = await one.ReadAsync(HttpMethod.Post, "/v1/responses", Calls.Body(30, stream: true), null, -1, frame => frame.Sequence == 8, (created, _) => id = created);
        var rest = await other.ReadAsync(HttpMethod.Get, $"/v1/responses/{id}?stream=true&starting_after=8", null, null, 8, _ => false);
        var all = await one.ReadAsync(HttpMethod.Get, $"/v1/responses/{id}?stream=true", null, null, -1, _ => false);

        Assert.True(rest!.IsWhole && all!.IsWhole);
        Assert.Equal(all.Frames.Select(f => f.Text), first!.Frames.Concat(rest.Frames).Select(f => f.Text));
        Assert.Equal(Enumerable.Range(0, all.Frames.Count).Select(i => (long)i), all.Frames.Select(f => f.Sequence));

        var (status, body) = await other.AskAsync(HttpMethod.Post, "/v1/responses", Calls.Body(3, background: false).Replace("}", $$""","previous_response_id":"{{id}}"}""", StringComparison.Ordinal));
        Assert.True(status == HttpStatusCode.OK, body);
        Assert.Equal(id, (string?)JsonNode.Parse(body)!["previous_response_id"]);

        var held = await one.CreateAsync(Calls.Body(10, hold: true));
        await other.CancelAsync(held);
        Assert.Equal("cancelled", await one.StatusAsync(held));
        await _scene.NothingIsLeftOpenAsync(one);
    }

    [Fact]
    public async Task A_frontend_that_is_killed_takes_no_background_response_with_it()
    {
        using var one = _scene.ClientOf(_scene.Frontends[0]);
        using var other = _scene.ClientOf(_scene.Frontends[1]);
        string? id = null;
        var reading = one.ReadAsync(HttpMethod.Post, "/v1/responses", Calls.Body(200, stream: true, pace: 10), null, -1, _ => false, (created, _) => id = created);
        await Calls.UntilAsync(() => Task.FromResult(Volatile.Read(ref id) is not null), ClusterScene.Patience, () => "No event came.");
        _scene.Frontends[0].Kill();
        var first = await reading;
        var last = first!.Last;
        var rest = await other.ReadAsync(HttpMethod.Get, $"/v1/responses/{id}?stream=true&starting_after={last}", null, null, last, _ => false);
        await _scene.Frontends[0].StartAsync();

        Assert.False(first.IsWhole);
        Assert.True(rest!.IsWhole);
        Assert.Equal("response.completed", rest.Frames[^1].Type);
        Assert.Equal(Enumerable.Range(0, first.Frames.Count + rest.Frames.Count).Select(i => (long)i), first.Frames.Concat(rest.Frames).Select(f => f.Sequence));
    }

    [Fact]
    public async Task What_a_killed_frontend_ran_itself_is_closed()
    {
        using var one = _scene.ClientOf(_scene.Frontends[0]);
        using var other = _scene.ClientOf(_scene.Frontends[1]);
        string? id = null;
        var reading = one.ReadAsync(
            HttpMethod.Post, "/v1/responses", Calls.Body(20, hold: true, background: false, stream: true), null, -1, _ => false, (created, _) => id = created);
        await Calls.UntilAsync(
            async () => Volatile.Read(ref id) is { } known && (await _scene.UnendedAsync()).Contains(known, StringComparer.Ordinal), ClusterScene.Patience, () => "It was not kept.");
        _scene.Frontends[0].Kill();
        await reading;

        await Calls.UntilAsync(async () => await other.StatusAsync(id!) == "failed", Promised, () => $"{id} stays as it is.\n{_scene.Everything}");
        await _scene.Frontends[0].StartAsync();
    }

    [Fact]
    public async Task What_a_killed_silo_ran_is_closed_and_what_waited_there_is_run_elsewhere()
    {
        using var client = _scene.ClientOf(_scene.Frontends[0]);
        var ids = new List<string>();
        var victim = _scene.Silos[1];
        var address = $"127.0.0.1:{victim.SiloPort}@";
        var (his, others, owners) = (new List<string>(), new List<string>(), new Dictionary<string, string>());

        // A silo that has just come up gets its first responses when the others have heard of it.
        await Calls.UntilAsync(
            async () =>
            {
                for (var i = 0; i < 4; i++)
                    ids.Add(await client.CreateAsync(Calls.Body(4, hold: true, stream: false)));
                owners = (await _scene.OwnersAsync()).ToDictionary(StringComparer.Ordinal);
                his = ids.Where(id => owners[id].StartsWith(address, StringComparison.Ordinal)).ToList();
                others = ids.Except(his).ToList();
                return his.Count > SmallCluster.MaxRunning;
            },
            ClusterScene.Patience,
            () => $"The silo gets no responses.\n{_scene.Everything}");
        await Calls.UntilAsync(
            async () => (await StatusesAsync(client, ids)).Count(s => s == "in_progress") == Math.Min(his.Count, SmallCluster.MaxRunning) + Math.Min(others.Count, SmallCluster.MaxRunning),
            ClusterScene.Patience,
            () => $"They do not run: {string.Join(", ", owners.Values)}\n{_scene.Everything}");
        var running = (await StatusesAsync(client, his)).Zip(his).Where(pair => pair.First == "in_progress").Select(pair => pair.Second).ToList();
        Assert.True(running.Count > 0 && his.Count > running.Count, $"Of 16 responses the silo has {his.Count}, which proves nothing.");
        victim.Kill();

        await Calls.UntilAsync(
            async () => (await StatusesAsync(client, running)).TrueForAll(status => status == "failed"), Promised, () => $"They stay as they are.\n{_scene.Everything}");
        await Calls.UntilAsync(
            async () => (await _scene.OwnersAsync()).Values.All(owner => !owner.StartsWith(address, StringComparison.Ordinal)), Promised, () => "They stay the dead silo's.");

        // One after the other, as there is room at the other silo: each is seen to run before it makes room.
        var waiting = ids.Except(running).ToList();
        await Calls.UntilAsync(
            async () =>
            {
                foreach (var id in waiting.ToList())
                {
                    if (await client.StatusAsync(id) != "in_progress")
                        continue;
                    await client.CancelAsync(id);
                    waiting.Remove(id);
                }

                return waiting.Count == 0;
            },
            Promised,
            () => $"They are not run: {string.Join(", ", waiting)}\n{_scene.Everything}");
        await victim.StartAsync();
        await _scene.NothingIsLeftOpenAsync(client);
    }

    [Fact]
    public async Task A_reader_reads_on_by_itself_where_a_silo_is_killed()
    {
        using var client = _scene.ClientOf(_scene.Frontends[0]);
        var victim = _scene.Silos[0];
        var address = $"127.0.0.1:{victim.SiloPort}@";
        Reading? reading = null;
        while (true)
        {
            string? id = null;
            var following = client.ReadAsync(HttpMethod.Post, "/v1/responses", Calls.Body(20, hold: true, stream: true), null, -1, _ => false, (created, _) => id = created);
            await Calls.UntilAsync(() => Task.FromResult(Volatile.Read(ref id) is not null), ClusterScene.Patience, () => "No event came.");
            if ((await _scene.OwnersAsync()).GetValueOrDefault(id!)?.StartsWith(address, StringComparison.Ordinal) != true)
            {
                await client.CancelAsync(id!);
                await following;
                continue;
            }

            victim.Kill();
            reading = await following.WaitAsync(Promised);
            break;
        }

        Assert.True(reading!.IsWhole);
        Assert.Equal("response.failed", reading.Frames[^1].Type);
        Assert.Equal(Enumerable.Range(0, reading.Frames.Count).Select(i => (long)i), reading.Frames.Select(f => f.Sequence));
        await victim.StartAsync();
    }

    [Fact]
    public async Task Without_redis_chat_goes_on_and_what_is_stored_is_refused_until_it_is_back()
    {
        using var client = _scene.ClientOf(_scene.Frontends[1]);
        await _scene.Redis.KillAsync();
        var chat = await client.TryAsync(HttpMethod.Post, "/v1/chat/completions", """{"model":"talk-chat","messages":[{"role":"user","content":"say x 3 1"}]}""");
        var background = await client.TryAsync(HttpMethod.Post, "/v1/responses", Calls.Body(3));
        var foreground = await client.TryAsync(HttpMethod.Post, "/v1/responses", Calls.Body(3, background: false));
        await _scene.Redis.RestartAsync();

        Assert.Equal(HttpStatusCode.OK, chat!.Value.Status);
        foreach (var refused in (IEnumerable<(HttpStatusCode Status, string Body)?>)[background, foreground])
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused!.Value.Status);
            Assert.Equal("storage_unavailable", (string?)JsonNode.Parse(refused.Value.Body)!["error"]!["code"]);
        }

        await Calls.UntilAsync(
            async () => (await client.TryAsync(HttpMethod.Post, "/v1/responses", Calls.Body(3, background: false)))?.Status == HttpStatusCode.OK,
            Promised,
            () => $"It does not come back.\n{_scene.Everything}");
    }

    [Fact]
    public async Task A_changed_configuration_is_in_force_on_every_node()
    {
        using var client = _scene.ClientOf(_scene.Frontends[0]);
        await _scene.ConfigureAsync(SmallCluster.MaxRunning, "new-model");
        foreach (var frontend in _scene.Frontends)
        {
            using var own = _scene.ClientOf(frontend);
            await Calls.UntilAsync(
                async () => (await own.TryAsync(HttpMethod.Post, "/v1/chat/completions", """{"model":"new-model","messages":[{"role":"user","content":"say x 3 1"}]}"""))?.Status == HttpStatusCode.OK,
                Promised,
                () => "The frontend goes on with the old one.");
        }

        // At whichever silo it comes up.
        await Calls.UntilAsync(
            async () =>
            {
                for (var i = 0; i < 8; i++)
                {
                    var id = await client.CreateAsync(Calls.Body(2, model: "new-model"));
                    await Calls.UntilAsync(async () => await client.StatusAsync(id) is "completed" or "failed", Promised, () => "It does not end.");
                    if (await client.StatusAsync(id) == "failed")
                        return false;
                }

                return true;
            },
            Promised,
            () => "A silo goes on with the old one.");
        await _scene.ConfigureAsync(SmallCluster.MaxRunning);
    }

    [Fact]
    public async Task A_provider_that_was_moved_is_asked_at_its_new_place_by_every_node()
    {
        const string Place = "/moved/v1";
        using var client = _scene.ClientOf(_scene.Frontends[0]);
        _scene.Change = settings => settings["Providers"]!.AsArray().Single(provider => (string?)provider!["Name"] == "chat")!["BaseUrl"] = _scene.Upstream.WithPath(Place);
        await _scene.ConfigureAsync(SmallCluster.MaxRunning);
        var left = _scene.Frontends.Select(frontend => frontend.Name).Concat(_scene.Silos.Select(silo => $"127.0.0.1:{silo.SiloPort}@")).ToHashSet(StringComparer.Ordinal);
        await Calls.UntilAsync(
            async () =>
            {
                foreach (var frontend in _scene.Frontends.Where(frontend => left.Contains(frontend.Name)).ToList())
                {
                    using var own = _scene.ClientOf(frontend);
                    var body = Calls.Body(2, background: false);
                    if ((await own.TryAsync(HttpMethod.Post, "/v1/responses", body))?.Status == HttpStatusCode.OK && await PlaceAsync(body) == Place)
                        left.Remove(frontend.Name);
                }

                // Whose it is tells which silo asks.
                var held = Calls.Body(2, hold: true);
                var id = await client.CreateAsync(held);
                var place = await PlaceAsync(held);
                var owner = (await _scene.OwnersAsync())[id];
                if (place == Place)
                    left.RemoveWhere(address => owner.StartsWith(address, StringComparison.Ordinal));
                await client.CancelAsync(id);
                return left.Count == 0;
            },
            Promised,
            () => $"These go on with the old place: {string.Join(", ", left)}");
        _scene.Change = null;
        await _scene.ConfigureAsync(SmallCluster.MaxRunning);

        // Where the provider was asked for what a create's body says.
        async Task<string> PlaceAsync(string body)
        {
            var order = (string)JsonNode.Parse(body)!["input"]!;
            await _scene.Upstream.WaitUntilAsync(upstream => upstream.Requests.Any(request => request.Text.Contains(order, StringComparison.Ordinal)), Promised);
            var path = _scene.Upstream.Requests.Single(request => request.Text.Contains(order, StringComparison.Ordinal)).RawPath;
            return path[..path.IndexOf("/chat/completions", StringComparison.Ordinal)];
        }
    }

    private static async Task<List<string>> StatusesAsync(AiGateway.EndToEnd.Tests.Durability.Driver.GatewayClient client, IEnumerable<string> ids)
    {
        var statuses = new List<string>();
        foreach (var id in ids)
            statuses.Add(await client.StatusAsync(id));
        return statuses;
    }
}
