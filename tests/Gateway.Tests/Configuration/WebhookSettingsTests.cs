using AiGateway.Configuration;

namespace AiGateway.Tests.Configuration;

public sealed class WebhookSettingsTests
{
    [Fact]
    public void Only_name_address_and_secret_are_required()
    {
        var webhook = Assert.Single(Json.Read(
            """{ "Webhooks": [ { "Name": "h", "Url": "https://h.test/in?token=abc", "Secret": "${HOOK_SECRET}" } ] }""", ("HOOK_SECRET", "whsec_c2VjcmV0")).Webhooks);

        Assert.Equal("secret"u8.ToArray(), webhook.Key());
        Assert.Equal(TimeSpan.FromSeconds(15), webhook.Timeout);
        Assert.Equal(TimeSpan.FromDays(3), webhook.GiveUpAfter);
        Assert.All(WebhookOptions.AllEvents, type => Assert.True(webhook.Wants(type, "anybody")));
    }

    [Fact]
    public void Everything_can_be_set_and_compares_by_value()
    {
        const string Settings = """
            { "Webhooks": [ { "Name": "h", "Url": "http://h.test", "Secret": "text", "Events": ["response.failed"], "Tenant": "t", "Timeout": "00:00:03", "GiveUpAfter": "1.00:00:00" } ] }
            """;
        var webhook = Assert.Single(Json.Read(Settings).Webhooks);

        Assert.Equal("text"u8.ToArray(), webhook.Key());
        Assert.Equal(("t", TimeSpan.FromSeconds(3), TimeSpan.FromDays(1)), (webhook.Tenant, webhook.Timeout, webhook.GiveUpAfter));
        Assert.True(webhook.Wants("response.failed", "t"));
        Assert.False(webhook.Wants("response.completed", "t"));
        Assert.Equal(Json.Read(Settings), Json.Read(Settings));
    }

    [Theory]
    [InlineData(""" "Name": "" """, "Name must be a name, without spaces around it.")]
    [InlineData(""" "Url": "h.test/in" """, "Url must be an absolute http or https URL.")]
    [InlineData(""" "Url": "ftp://h.test" """, "Url must be an absolute http or https URL.")]
    [InlineData(""" "Url": "" """, "Url must be an absolute http or https URL.")]
    [InlineData(""" "Url": "https://user:hidden@h.test" """, "Url must not hold a user name or password: deliveries are signed with Secret.")]
    [InlineData(""" "Url": "https://h.test/?hidden#part" """, "Url must not have a fragment: it would not be sent.")]
    [InlineData(""" "Secret": "" """, "Secret must be given: receivers know by it who sent a delivery.")]
    [InlineData(""" "Secret": "whsec_" """, "Secret must have a key behind 'whsec_'.")]
    [InlineData(""" "Secret": "whsec_hidden!" """, "Secret must be base64 behind 'whsec_'.")]
    [InlineData(""" "Secret": "hidden\n" """, "Secret must not hold spaces or control characters (is there a line break at its end?).")]
    [InlineData(""" "Events": ["response.failed", "response.created"] """, "Events:1 must be one of response.completed, response.failed, response.incomplete, response.cancelled.")]
    [InlineData(""" "Tenant": "" """, "Tenant must be a tenant's name; leave it out for everybody's responses.")]
    [InlineData(""" "Timeout": "0" """, "Timeout must be longer than zero.")]
    [InlineData(""" "GiveUpAfter": "32.00:00:00" """, "GiveUpAfter must be at most 31 days.")]
    public void A_wrong_webhook_is_refused(string setting, string problem)
    {
        var defaults = new[] { ("Name", "h"), ("Url", "http://h.test"), ("Secret", "s") }
            .Where(d => !setting.Contains($"\"{d.Item1}\":", StringComparison.Ordinal))
            .Select(d => $"\"{d.Item1}\": \"{d.Item2}\"");
        var problems = Json.Problems($$"""{ "Webhooks": [ { {{string.Join(", ", defaults.Append(setting))}} } ] }""");

        Assert.Equal("Gateway:Webhooks:0:" + problem, Assert.Single(problems));
        Assert.DoesNotContain("hidden", problems[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Names_are_unique() => Assert.Equal(
        "Gateway:Webhooks:1:Name: there is another webhook 'H'.",
        Assert.Single(Json.Problems("""{ "Webhooks": [ { "Name": "h", "Url": "http://h.test", "Secret": "s" }, { "Name": "H", "Url": "http://h.test", "Secret": "s" } ] }""")));

    [Fact]
    public void The_text_of_a_webhook_is_its_name_only() =>
        Assert.Equal("webhook 'h'", new WebhookOptions { Name = "h", Url = "http://h.test/?hidden", Secret = "hidden" }.ToString());
}
