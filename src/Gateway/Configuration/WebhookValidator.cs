namespace AiGateway.Configuration;

/// <summary>What a webhook's settings must be.</summary>
internal static class WebhookValidator
{
    public static void Validate(GatewayOptions options, SettingPaths paths, List<string> problems)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < options.Webhooks.Count; i++)
        {
            var webhook = options.Webhooks[i];
            var path = paths.Of(webhook, nameof(options.Webhooks), i);
            if (!GatewayOptionsValidator.IsName(webhook.Name))
                problems.Add($"{path}:Name must be a name, without spaces around it.");
            else if (!names.Add(webhook.Name))
                problems.Add($"{path}:Name: there is another webhook '{webhook.Name}'.");

            if (UrlProblem(webhook.Url) is { } wrongUrl)
                problems.Add($"{path}:Url {wrongUrl}");
            if (SecretProblem(webhook) is { } wrongSecret)
                problems.Add($"{path}:Secret {wrongSecret}");
            for (var j = 0; j < webhook.Events.Count; j++)
            {
                if (!WebhookOptions.AllEvents.Contains(webhook.Events[j], StringComparer.Ordinal))
                    problems.Add($"{path}:Events:{j} must be one of {string.Join(", ", WebhookOptions.AllEvents)}.");
            }

            if (webhook.Tenant?.Length == 0)
                problems.Add($"{path}:Tenant must be a tenant's name; leave it out for everybody's responses.");
            GatewayOptionsValidator.Wait($"{path}:Timeout", webhook.Timeout, problems);
            GatewayOptionsValidator.Wait($"{path}:GiveUpAfter", webhook.GiveUpAfter, problems);
        }
    }

    // Never repeats the URL: its query may be a secret.
    private static string? UrlProblem(string value)
    {
        if (!Uri.TryCreate(value, UriKind.Absolute, out var url) || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps) || url.Host.Length == 0)
            return "must be an absolute http or https URL.";
        if (url.UserInfo.Length > 0)
            return "must not hold a user name or password: deliveries are signed with Secret.";
        return url.Fragment.Length > 0 || value.Contains('#') ? "must not have a fragment: it would not be sent." : null;
    }

    private static string? SecretProblem(WebhookOptions webhook)
    {
        if (webhook.Secret.Length == 0)
            return "must be given: receivers know by it who sent a delivery.";
        if (webhook.Secret.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)))
            return "must not hold spaces or control characters (is there a line break at its end?).";
        return webhook.Key() switch
        {
            null => $"must be base64 behind '{WebhookOptions.SecretPrefix}'.",
            { Length: 0 } => $"must have a key behind '{WebhookOptions.SecretPrefix}'.",
            _ => null,
        };
    }
}
