using System.Text;
using System.Text.RegularExpressions;
using AiGateway.Configuration;
using AiGateway.Engine;
using AiGateway.Webhooks;
using Microsoft.Extensions.Time.Testing;

namespace AiGateway.Tests.Webhooks;

public sealed partial class WebhookNoticesTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero));

    [Fact]
    public void An_event_is_as_OpenAI_has_it_and_the_same_for_all_endpoints()
    {
        var deliveries = For(null, "completed", Endpoint("one"), Endpoint("two"));

        var id = deliveries[0].Id;
        Assert.Matches(EventId(), id);
        Assert.Equal(["one", "two"], deliveries.Select(d => d.Endpoint));
        Assert.All(deliveries, delivery =>
        {
            Assert.Equal(id, delivery.Id);
            Assert.Equal(0, delivery.Attempts);
            Assert.Equal(_time.GetUtcNow(), delivery.DueAt);
            Assert.Equal(
                $$$"""{"object":"event","id":"{{{id}}}","type":"response.completed","created_at":1767323045,"data":{"id":"resp_1"}}""",
                Encoding.UTF8.GetString(delivery.Body.Span));
        });
    }

    [Fact]
    public void Each_endpoint_is_told_of_the_events_that_it_wants()
    {
        var endpoints = new[] { Endpoint("all"), Endpoint("good", "response.completed"), Endpoint("bad", "response.failed", "response.cancelled") };

        Assert.Equal(["all", "good"], Told(null, "completed", endpoints));
        Assert.Equal(["all", "bad"], Told(null, "failed", endpoints));
        Assert.Equal(["all"], Told(null, "incomplete", endpoints));
        Assert.Equal(["all", "bad"], Told(null, "cancelled", endpoints));
    }

    [Fact]
    public void An_endpoint_of_a_tenant_is_told_of_its_responses_only()
    {
        var endpoints = new[] { Endpoint("all"), Endpoint("a") with { Tenant = "a" }, Endpoint("b") with { Tenant = "b" } };

        Assert.Equal(["all", "a"], Told("a", "completed", endpoints));
        Assert.Equal(["all"], Told("A", "completed", endpoints));
        Assert.Equal(["all"], Told(null, "completed", endpoints));
    }

    [Fact]
    public void Two_ends_are_two_events() =>
        Assert.NotEqual(For(null, "completed", Endpoint("one"))[0].Id, For(null, "completed", Endpoint("one"))[0].Id);

    private IEnumerable<string> Told(string? tenant, string status, params WebhookOptions[] endpoints) => For(tenant, status, endpoints).Select(d => d.Endpoint);

    private IReadOnlyList<WebhookDelivery> For(string? tenant, string status, params WebhookOptions[] endpoints)
    {
        using var configuration = new GatewayConfiguration(new GatewayOptions { Webhooks = endpoints }, _ => null);
        var response = new StoredResponse { Id = "resp_1", Tenant = tenant, Status = "in_progress", CreatedAt = _time.GetUtcNow(), Body = default, Input = default };
        return new WebhookNotices(configuration, _time).For(response, status);
    }

    private static WebhookOptions Endpoint(string name, params string[] events) => new() { Name = name, Url = "http://h.test", Secret = "s", Events = events };

    [GeneratedRegex("^evt_[0-9a-f]{48}$")]
    private static partial Regex EventId();
}
