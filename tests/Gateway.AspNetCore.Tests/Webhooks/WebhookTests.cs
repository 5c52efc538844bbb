using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.Webhooks;

/// <summary>From a background response's end to the endpoint that wants to know (<c>spec/responses.md</c> §13), through the whole gateway.</summary>
public sealed class WebhookTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("aigateway-webhooks-");
    private ScriptedUpstream _receiver = null!;
    private ScriptedUpstream _upstream = null!;

    private string DatabaseFile => Path.Combine(_folder.FullName, "gateway.db");

    public async Task InitializeAsync()
    {
        _receiver = await Receiver.StartAsync();
        _upstream = await ScriptedUpstream.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _upstream.DisposeAsync();
        await _receiver.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("completed")]
    [InlineData("incomplete")]
    [InlineData("failed")]
    [InlineData("cancelled")]
    public async Task Each_end_of_a_background_response_is_told(string status)
    {
        _upstream.Always(status switch
        {
            "completed" => Chat.Text("Hi"),
            "incomplete" => Chat.Length("Once upon a"),
            "failed" => Errors.ServerError(),
            _ => Script.Silent(),
        });
        await using var gateway = await HookedGateway.StartAsync(DatabaseFile, _upstream, _receiver.Webhook("a"));
        var before = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

        // The end of one that is not in the background is told to nobody.
        if (status is "completed" or "incomplete")
            await gateway.CreateAsync(background: false);
        var id = await gateway.CreateAsync();
        if (status == "cancelled")
            await gateway.CancelAsync(id);

        var told = (await _receiver.NextDeliveryAsync()).Event();
        Assert.Equal(["object", "id", "type", "created_at", "data"], told.Select(field => field.Key));
        Assert.Equal("event", (string?)told["object"]);
        Assert.StartsWith("evt_", (string?)told["id"], StringComparison.Ordinal);
        Assert.Equal("response." + status, (string?)told["type"]);
        Assert.InRange((long)told["created_at"]!, before, before + 60);
        Assert.Equal($$"""{"id":"{{id}}"}""", told["data"]!.ToJsonString());
    }

    [Fact]
    public async Task Each_endpoint_is_told_of_its_events_and_its_tenant_only()
    {
        _upstream.Always(Chat.Text("Hi"));
        await using var gateway = await HookedGateway.StartAsync(
            DatabaseFile,
            _upstream,
            _receiver.Webhook("all"),
            _receiver.Webhook("failures") with { Events = ["response.failed", "response.cancelled"] },
            _receiver.Webhook("of-ann") with { Tenant = "ann" });

        var ann = await gateway.CreateAsync("ann");
        var bob = await gateway.CreateAsync("bob");
        await _upstream.WaitUntilAsync(u => u.Requests.Count == 2, TimeSpan.FromSeconds(30));
        _upstream.Enqueue(Errors.ServerError());
        var failed = await gateway.CreateAsync("bob");

        await _receiver.WaitForAsync(5);
        await _receiver.WaitForIdleAsync();
        Assert.Equal(
            new[] { ("/all", ann), ("/all", bob), ("/all", failed), ("/failures", failed), ("/of-ann", ann) }.Order(),
            _receiver.Requests.Select(request => (request.RawPath, (string)request.Event()["data"]!["id"]!)).Order());
        Assert.Single(_receiver.Requests.Where(request => (string)request.Event()["data"]!["id"]! == ann).Select(request => request.EventId()).Distinct());
    }

    [Fact]
    public async Task What_the_process_did_not_deliver_the_next_delivers_once()
    {
        _upstream.Always(Chat.Text("Hi"));
        _receiver.Enqueue(Script.Silent());
        string id;
        await using (var first = await HookedGateway.StartAsync(DatabaseFile, _upstream, _receiver.Webhook("a")))
        {
            // Under way when the process stops: it does not know whether it arrived.
            id = await first.CreateAsync();
            await _receiver.NextDeliveryAsync();
        }

        await using (var second = await HookedGateway.StartAsync(DatabaseFile, _upstream, _receiver.Webhook("a")))
        {
            var told = await _receiver.NextDeliveryAsync();
            Assert.Equal(id, (string?)told.Event()["data"]!["id"]);
            Assert.Equal(_receiver.Requests[0].EventId(), told.EventId());
            await second.Log.WaitForAsync("was delivered to the webhook a");
        }

        await using var third = await HookedGateway.StartAsync(DatabaseFile, _upstream, _receiver.Webhook("a"));
        await third.CreateAsync();
        Assert.NotEqual(_receiver.Requests[0].EventId(), (await _receiver.NextDeliveryAsync()).EventId());
        Assert.Equal(3, _receiver.Requests.Count);
    }

    [Fact]
    public async Task What_ends_because_the_process_stops_is_told_too()
    {
        _upstream.Always(Script.Silent());
        using var refused = new RefusedAddress();
        string id;
        await using (var first = await HookedGateway.StartAsync(DatabaseFile, _upstream, Receiver.At(refused.BaseUrl, "a")))
        {
            id = await first.CreateAsync();
            await _upstream.NextRequestAsync();
        }

        await using var second = await HookedGateway.StartAsync(DatabaseFile, _upstream, _receiver.Webhook("a"));
        var told = (await _receiver.NextDeliveryAsync()).Event();
        Assert.Equal(("response.failed", id), ((string?)told["type"], (string?)told["data"]!["id"]));
    }

    [Fact]
    public async Task An_endpoint_that_was_down_is_told_by_the_next_process_at_its_new_address()
    {
        _upstream.Always(Chat.Text("Hi"));
        using var refused = new RefusedAddress();
        string id;
        await using (var first = await HookedGateway.StartAsync(DatabaseFile, _upstream, Receiver.At(refused.BaseUrl + "?token=query-secret", "a")))
        {
            id = await first.CreateAsync();
            await first.Log.WaitForAsync("The webhook a is down");
            Assert.DoesNotContain("query-secret", first.Log.All, StringComparison.Ordinal);
            Assert.DoesNotContain(Receiver.Secret["whsec_".Length..], first.Log.All, StringComparison.Ordinal);
        }

        await using var second = await HookedGateway.StartAsync(DatabaseFile, _upstream, _receiver.Webhook("a"));
        Assert.Equal(id, (string?)(await _receiver.NextDeliveryAsync()).Event()["data"]!["id"]);
    }

    [Fact]
    public async Task A_webhook_that_is_added_while_it_runs_is_told_of_what_ends_then()
    {
        _upstream.Always(Chat.Text("Hi"));
        await using var gateway = await HookedGateway.StartAsync(DatabaseFile, _upstream);

        gateway.Settings.Webhooks(_receiver.Webhook("a"));
        await gateway.Log.WaitForAsync("The configuration was reloaded");

        var id = await gateway.CreateAsync();
        Assert.Equal(id, (string?)(await _receiver.NextDeliveryAsync()).Event()["data"]!["id"]);
    }
}
