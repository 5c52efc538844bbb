using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.Webhooks;

/// <summary>Many deliveries, several endpoints: none waits for another, and one that is down is left alone.</summary>
public sealed class LaneTests : IAsyncLifetime
{
    private ScriptedUpstream _receiver = null!;

    public async Task InitializeAsync() => _receiver = await Receiver.StartAsync();

    public async Task DisposeAsync() => await _receiver.DisposeAsync();

    [Fact]
    public async Task A_dead_endpoint_holds_up_no_other()
    {
        using var silent = new SilentAddress();
        using var refused = new RefusedAddress();
        await using var scene = await SenderScene.StartAsync(
            SenderScene.Slow, Receiver.At(silent.BaseUrl, "silent"), Receiver.At(refused.BaseUrl, "refused"), _receiver.Webhook("a"));

        scene.Add("silent", 100);
        scene.Add("refused", 100);
        await scene.WaitForLogAsync("The webhook refused is down");
        scene.Add("a", 50);

        await scene.Queue.WaitUntilAsync(left => left.All(delivery => delivery.Endpoint != "a"));
        Assert.Equal(50, _receiver.Requests.Select(r => r.EventId()).Distinct().Count());
        Assert.Equal(100, scene.Queue.Deliveries.Count(delivery => delivery.Endpoint == "silent"));
    }

    [Fact]
    public async Task Eight_are_delivered_at_once_the_longest_due_first()
    {
        var gate = new TaskCompletionSource();
        _receiver.Always(Script.Empty(204).WaitBeforeHeaders(gate.Task));
        await using var scene = await SenderScene.StartAsync(SenderScene.Slow, _receiver.Webhook("a"));

        var added = scene.Add("a", 20);

        await _receiver.WaitForAsync(8);
        Assert.Equal(added.Take(8).Select(d => d.Id), _receiver.Requests.Select(r => r.EventId()).Order(StringComparer.Ordinal));
        gate.SetResult();
        await scene.Queue.WaitUntilAsync(left => left.Count == 0);
        Assert.Equal(20, _receiver.Requests.Count);
    }

    [Fact]
    public async Task An_endpoint_that_is_down_is_left_alone_and_what_waits_for_it_stays_as_it_is()
    {
        _receiver.Always(Script.Empty(503));
        await using var scene = await SenderScene.StartAsync(SenderScene.Slow, _receiver.Webhook("a"));
        var added = scene.Add("a", 20);
        await scene.WaitForLogAsync("is down");

        Assert.Equal(8, _receiver.Requests.Count);
        Assert.Equal(added.Skip(8), scene.Queue.Deliveries.Where(delivery => delivery.Attempts == 0));

        // Its settings change: perhaps it was wrong about them.
        _receiver.Always(Script.Empty(204));
        scene.Settings.Webhooks(_receiver.Webhook("a") with { Timeout = TimeSpan.FromSeconds(20) });
        await scene.Queue.WaitUntilAsync(left => left.All(delivery => delivery.Attempts > 0));
        Assert.Equal(20, _receiver.Requests.Count);
    }

    [Fact]
    public async Task One_delivery_finds_out_whether_it_is_back()
    {
        _receiver.Enqueue([.. Enumerable.Repeat(Script.Empty(502), 12)]);
        await using var scene = await SenderScene.StartAsync(
            SenderScene.Slow with { LongestPause = TimeSpan.FromMilliseconds(1) }, _receiver.Webhook("a"));

        scene.Add("a", 30);

        // Eight, and then one by one, met an endpoint that was down; the others did not.
        await scene.Queue.WaitUntilAsync(left => left.Count == 12);
        Assert.All(scene.Queue.Deliveries, delivery => Assert.Equal(1, delivery.Attempts));
        Assert.Equal([8, 1, 1, 1, 1, 1, 8, 8, 8], scene.Queue.Asked);
        await scene.WaitForLogAsync("The webhook a answers again.");
    }

    [Fact]
    public async Task An_event_that_the_endpoint_cannot_bear_holds_up_no_other()
    {
        _receiver.When(request => request.Text.Contains("evt_a_3\"", StringComparison.Ordinal), Script.Empty(500));
        await using var scene = await SenderScene.StartAsync(SenderScene.Slow, _receiver.Webhook("a"));

        scene.Add("a", 40);

        await scene.Queue.WaitUntilAsync(left => left.Count == 1);
        Assert.Equal("evt_a_3", scene.Queue.Deliveries[0].Id);
        Assert.DoesNotContain("is down", scene.Log.All, StringComparison.Ordinal);
    }
}
