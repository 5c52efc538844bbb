using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.Webhooks;

/// <summary>One endpoint: what is delivered, what is tried again and how, what is given up.</summary>
public sealed class DeliveryTests : IAsyncLifetime
{
    private ScriptedUpstream _receiver = null!;

    public async Task InitializeAsync() => _receiver = await Receiver.StartAsync();

    public async Task DisposeAsync() => await _receiver.DisposeAsync();

    [Theory]
    [InlineData(200)]
    [InlineData(202)]
    [InlineData(204)]
    public async Task What_was_taken_leaves_the_queue(int status)
    {
        _receiver.Always(Script.Empty(status));
        await using var scene = await SenderScene.StartAsync(SenderScene.Slow, _receiver.Webhook("a"));

        var delivery = Assert.Single(scene.Add("a"));

        var request = await _receiver.NextDeliveryAsync();
        Assert.Equal("/a?token=query-secret", request.RawTarget);
        Assert.Equal(delivery.Id, request.EventId());
        Assert.Equal(delivery.Body.ToArray(), request.Body);
        await scene.Queue.WaitUntilAsync(left => left.Count == 0);
        Assert.Single(_receiver.Requests);
    }

    public static TheoryData<string> Failures => ["500", "400", "304", "dropped", "nonsense", "silent", "endless header"];

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task What_failed_is_tried_again_as_the_same_event(string failure)
    {
        _receiver.Enqueue(failure switch
        {
            "dropped" => Script.Drop(),
            "nonsense" => Script.Raw("HELO\r\n\r\n"),
            "silent" => Script.Silent(),
            "endless header" => Script.Empty(204).Header("x-long", new string('x', 32 * 1024)),
            _ => Script.Empty(int.Parse(failure)),
        });
        var webhook = _receiver.Webhook("a") with { Timeout = failure == "silent" ? TimeSpan.FromMilliseconds(300) : TimeSpan.FromSeconds(30) };
        await using var scene = await SenderScene.StartAsync(SenderScene.Quick, webhook);

        scene.Add("a");

        var first = await _receiver.NextDeliveryAsync();
        var second = await _receiver.NextDeliveryAsync();
        Assert.Equal(first.EventId(), second.EventId());
        Assert.Equal(first.Body, second.Body);
        await scene.Queue.WaitUntilAsync(left => left.Count == 0);
    }

    [Fact]
    public async Task Each_failure_is_counted_and_puts_it_off_for_longer()
    {
        _receiver.Always(Script.Empty(500));
        await using var scene = await SenderScene.StartAsync(SenderScene.Slow with { First = TimeSpan.FromMilliseconds(1) }, _receiver.Webhook("a"));

        scene.Add("a");

        await scene.Queue.WaitUntilAsync(left => left[0].Attempts == 6);
        await scene.StopAsync();
        Assert.InRange(_receiver.Requests.Count, 6, 7);
        Assert.InRange(_receiver.Requests[5].ReceivedAt - _receiver.Requests[0].ReceivedAt, TimeSpan.FromMilliseconds(0.75 * (1 + 2 + 4 + 8 + 16)), TimeSpan.MaxValue);
    }

    [Fact]
    public async Task It_is_told_to_nobody_else()
    {
        _receiver.Enqueue(Script.Empty(307).Header("Location", _receiver.WithPath("/elsewhere")));
        await using var scene = await SenderScene.StartAsync(SenderScene.Quick, _receiver.Webhook("a"));

        scene.Add("a");

        await scene.Queue.WaitUntilAsync(left => left.Count == 0);
        Assert.All(_receiver.Requests, request => Assert.Equal("/a", request.RawPath));
        Assert.Equal(2, _receiver.Requests.Count);
    }

    [Fact]
    public async Task Gone_is_given_up_at_once()
    {
        _receiver.Always(Script.Empty(410));
        await using var scene = await SenderScene.StartAsync(SenderScene.Quick, _receiver.Webhook("a"));

        scene.Add("a");

        await scene.Queue.WaitUntilAsync(left => left.Count == 0);
        Assert.Single(_receiver.Requests);
        Assert.Contains("is given up for the webhook a after 1 attempts: at the last it answered 410.", scene.Log.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_too_old_is_tried_once_more_and_then_given_up()
    {
        _receiver.Always(Script.Empty(500));
        await using var scene = await SenderScene.StartAsync(SenderScene.Quick, _receiver.Webhook("a") with { GiveUpAfter = TimeSpan.FromHours(1) });

        scene.Add("a", age: TimeSpan.FromHours(2));

        await scene.Queue.WaitUntilAsync(left => left.Count == 0);
        Assert.Single(_receiver.Requests);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Retry_after_is_respected(bool date)
    {
        var before = TimeProvider.System.GetUtcNow();
        _receiver.When(IsForB, Script.Empty(503));
        _receiver.Always(Script.Empty(503).Header("Retry-After", date ? before.AddHours(2).ToString("R") : "7200"));
        await using var scene = await SenderScene.StartAsync(SenderScene.Quick, _receiver.Webhook("a"), _receiver.Webhook("b"));

        scene.Add("a");
        await scene.Queue.WaitUntilAsync(left => left[0].Attempts == 1);
        await scene.WaitForLogAsync("The webhook a is down");
        scene.Add("a");
        scene.Add("b");

        // For the others of the endpoint too: one that does not ask is tried again and again meanwhile.
        await _receiver.WaitUntilAsync(r => r.Requests.Count(IsForB) > 10, TimeSpan.FromSeconds(30));
        await scene.StopAsync();
        Assert.Single(_receiver.Requests, request => !IsForB(request));
        Assert.InRange(scene.Queue.Deliveries[0].DueAt - before, TimeSpan.FromMinutes(119), TimeSpan.FromMinutes(121));
        Assert.Equal(0, scene.Queue.Deliveries[1].Attempts);

        static bool IsForB(ReceivedRequest request) => request.Is("/b");
    }

    [Fact]
    public async Task An_answer_s_body_is_not_waited_for()
    {
        _receiver.Enqueue(Script.Sse().Hang());
        await using var scene = await SenderScene.StartAsync(SenderScene.Slow, _receiver.Webhook("a"));

        scene.Add("a");

        await scene.Queue.WaitUntilAsync(left => left.Count == 0);
        await _receiver.Requests[0].Aborted.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task The_log_names_neither_secret_nor_query()
    {
        _receiver.Enqueue(Script.Empty(500), Script.Drop(), Script.Empty(429), Script.Silent(), Script.Empty(204), Script.Empty(410));
        var webhook = _receiver.Webhook("a") with { Timeout = TimeSpan.FromMilliseconds(300) };
        await using var scene = await SenderScene.StartAsync(SenderScene.Quick, webhook, Receiver.At("http://127.0.0.1:1/?token=query-secret", "b"));

        scene.Add("b");
        scene.Add("a", 2);

        await scene.Queue.WaitUntilAsync(left => left.All(delivery => delivery is { Endpoint: "b", Attempts: > 0 }));
        Assert.Contains("it answered 500", scene.Log.All, StringComparison.Ordinal);
        Assert.Contains("it could not be asked (ConnectionError)", scene.Log.All, StringComparison.Ordinal);
        Assert.Contains("it did not answer within 00:00:00.3", scene.Log.All, StringComparison.Ordinal);
        Assert.DoesNotContain("query-secret", scene.Log.All, StringComparison.Ordinal);
        Assert.DoesNotContain(Receiver.Secret["whsec_".Length..], scene.Log.All, StringComparison.Ordinal);
    }
}
