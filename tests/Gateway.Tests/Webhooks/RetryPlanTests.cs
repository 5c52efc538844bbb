using AiGateway.Engine;
using AiGateway.Webhooks;

namespace AiGateway.Tests.Webhooks;

public sealed class RetryPlanTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly TimeSpan ThreeDays = TimeSpan.FromDays(3);
    private static readonly RetryPlan Plan = new() { Chance = () => 0 };

    [Theory]
    [InlineData(0, 5)]
    [InlineData(1, 10)]
    [InlineData(2, 20)]
    [InlineData(9, 2560)]
    [InlineData(10, 3600)]
    [InlineData(1000, 3600)]
    public void The_wait_doubles_up_to_an_hour(int attempts, int seconds) =>
        Assert.Equal(Now.AddSeconds(seconds), Plan.Next(Delivery(attempts), new WebhookAttempt(500), ThreeDays, Now));

    [Fact]
    public void Chance_takes_up_to_a_quarter_off() =>
        Assert.Equal(Now.AddSeconds(7.5), (Plan with { Chance = () => 1 }).Next(Delivery(1), new WebhookAttempt(500), ThreeDays, Now));

    [Fact]
    public void Of_themselves_two_waits_differ()
    {
        var plan = new RetryPlan();
        var waits = Enumerable.Range(0, 20).Select(_ => plan.Next(Delivery(3), new WebhookAttempt(500), ThreeDays, Now)!.Value - Now).ToList();

        Assert.All(waits, wait => Assert.InRange(wait.TotalSeconds, 30, 40));
        Assert.True(waits.Distinct().Count() > 1);
    }

    [Theory]
    [InlineData(2, 5)]
    [InlineData(120, 120)]
    [InlineData(1_000_000, 86400)]
    public void What_the_endpoint_asks_for_is_respected_up_to_a_day(int asked, int seconds) =>
        Assert.Equal(Now.AddSeconds(seconds), Plan.Next(Delivery(0), new WebhookAttempt(503, RetryAfter: TimeSpan.FromSeconds(asked)), ThreeDays, Now));

    [Fact]
    public void It_is_given_up_where_the_next_attempt_would_be_too_late()
    {
        var delivery = Delivery(3, Now - ThreeDays + TimeSpan.FromSeconds(40));

        Assert.Equal(Now.AddSeconds(40), Plan.Next(delivery, new WebhookAttempt(500), ThreeDays, Now));
        Assert.Null(Plan.Next(delivery, new WebhookAttempt(500), ThreeDays, Now.AddSeconds(1)));
    }

    [Fact]
    public void Gone_is_given_up_at_once() => Assert.Null(Plan.Next(Delivery(0), new WebhookAttempt(410), ThreeDays, Now));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 5)]
    [InlineData(2, 10)]
    [InlineData(5, 60)]
    [InlineData(50, 60)]
    public void An_endpoint_that_is_down_is_left_alone_for_a_minute_at_most(int failures, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Plan.Pause(failures, new WebhookAttempt(null, "did not answer")));

    [Theory]
    [InlineData(429, 300)]
    [InlineData(503, 300)]
    [InlineData(500, 5)]
    public void Or_for_as_long_as_it_asks(int status, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Plan.Pause(1, new WebhookAttempt(status, RetryAfter: TimeSpan.FromMinutes(5))));

    [Theory]
    [InlineData(200, true, false)]
    [InlineData(204, true, false)]
    [InlineData(299, true, false)]
    [InlineData(301, false, false)]
    [InlineData(400, false, false)]
    [InlineData(410, false, false)]
    [InlineData(500, false, false)]
    [InlineData(408, false, true)]
    [InlineData(429, false, true)]
    [InlineData(502, false, true)]
    [InlineData(503, false, true)]
    [InlineData(504, false, true)]
    [InlineData(null, false, true)]
    public void A_status_says_whether_it_is_delivered_and_whether_the_endpoint_is_down(int? status, bool delivered, bool down)
    {
        var attempt = new WebhookAttempt(status);

        Assert.Equal((delivered, down), (attempt.IsDelivered, attempt.IsOfEndpoint));
    }

    private static WebhookDelivery Delivery(int attempts, DateTimeOffset? created = null) =>
        new() { Id = "evt_1", Endpoint = "e", Attempts = attempts, Body = WebhookEvent.Write("evt_1", "response.completed", created ?? Now, "resp_1") };
}
