using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.Webhooks;

/// <summary>The configuration changes, the storage fails, the process stops: what is to be told stays what it is.</summary>
public sealed class ChangeTests : IAsyncLifetime
{
    private ScriptedUpstream _receiver = null!;

    public async Task InitializeAsync() => _receiver = await Receiver.StartAsync();

    public async Task DisposeAsync() => await _receiver.DisposeAsync();

    [Fact]
    public async Task A_new_address_is_used_by_what_was_to_go_to_the_old_one()
    {
        using var refused = new RefusedAddress();
        await using var scene = await SenderScene.StartAsync(SenderScene.Quick, Receiver.At(refused.BaseUrl, "a"));
        var delivery = Assert.Single(scene.Add("a"));
        await scene.Queue.WaitUntilAsync(left => left[0].Attempts > 2);

        scene.Settings.Webhooks(_receiver.Webhook("a"));

        Assert.Equal(delivery.Id, (await _receiver.NextDeliveryAsync()).EventId());
        await scene.Queue.WaitUntilAsync(left => left.Count == 0);
    }

    [Fact]
    public async Task What_was_for_a_removed_endpoint_is_dropped()
    {
        using var silent = new SilentAddress();
        await using var scene = await SenderScene.StartAsync(SenderScene.Slow, Receiver.At(silent.BaseUrl, "gone"), _receiver.Webhook("a"));
        scene.Add("gone", 20);

        scene.Settings.Webhooks(_receiver.Webhook("a"));

        await scene.Queue.WaitUntilAsync(left => left.Count == 0);
        await scene.WaitForLogAsync("20 deliveries were dropped: their webhooks are not configured any more.");
        scene.Add("a");
        await _receiver.NextDeliveryAsync();
    }

    [Fact]
    public async Task An_endpoint_that_is_added_gets_what_enters_from_then_on()
    {
        await using var scene = await SenderScene.StartAsync(SenderScene.Slow);

        scene.Settings.Webhooks(_receiver.Webhook("a"));
        await scene.WaitForLogAsync("The configuration was reloaded");
        scene.Add("a");

        await _receiver.NextDeliveryAsync();
    }

    [Fact]
    public async Task What_was_for_an_endpoint_of_an_earlier_start_is_dropped()
    {
        var scene = await SenderScene.StartAsync(SenderScene.Slow);
        await using (scene)
        {
            await scene.StopAsync();
            scene.Add("gone", 3);
        }

        await using var next = await SenderScene.StartAsync(SenderScene.Slow, scene.Queue, _receiver.Webhook("a"));

        await next.Queue.WaitUntilAsync(left => left.Count == 0);
    }

    [Fact]
    public async Task While_the_storage_cannot_be_used_it_waits_and_then_goes_on()
    {
        await using var scene = await SenderScene.StartAsync(SenderScene.Quick, _receiver.Webhook("a"));
        scene.Queue.Failing = 5;

        scene.Add("a", 10);

        await scene.Queue.WaitUntilAsync(left => left.Count == 0);
        Assert.Equal(10, _receiver.Requests.Count);
        await scene.WaitForLogAsync("The webhook a waits for the storage.");
    }

    [Fact]
    public async Task What_was_taken_is_not_sent_again_because_the_storage_failed()
    {
        var gate = new TaskCompletionSource();
        _receiver.Always(Script.Empty(204).WaitBeforeHeaders(gate.Task));
        await using var scene = await SenderScene.StartAsync(SenderScene.Quick, _receiver.Webhook("a"));
        scene.Add("a");
        await _receiver.NextDeliveryAsync();

        scene.Queue.Failing = 20;
        gate.SetResult();

        await scene.Queue.WaitUntilAsync(left => left.Count == 0);
        Assert.Single(_receiver.Requests);
    }

    [Fact]
    public async Task A_stop_breaks_off_what_is_under_way_and_leaves_it_as_it_was()
    {
        _receiver.Always(Script.Silent());
        var scene = await SenderScene.StartAsync(SenderScene.Quick, _receiver.Webhook("a"));
        await using (scene)
        {
            scene.Add("a");
            var request = await _receiver.NextDeliveryAsync();

            await scene.StopAsync();

            await request.Aborted.WaitAsync(TimeSpan.FromSeconds(30));
            Assert.Equal(0, Assert.Single(scene.Queue.Deliveries).Attempts);
        }
    }
}
