using System.Globalization;
using AiGateway.Configuration;
using Microsoft.Extensions.Configuration;

namespace AiGateway.AspNetCore.Tests.Webhooks;

/// <summary>A configuration whose webhooks change while it is in use.</summary>
internal sealed class ReloadableSettings : ConfigurationProvider, IConfigurationSource
{
    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    /// <summary>Sets a setting, by its name below <c>Gateway</c>.</summary>
    public ReloadableSettings Put(string name, string value)
    {
        Data["Gateway:" + name] = value;
        return this;
    }

    /// <summary>Puts webhooks in the place of those that were there.</summary>
    public ReloadableSettings Webhooks(params WebhookOptions[] webhooks)
    {
        foreach (var key in Data.Keys.Where(key => key.StartsWith("Gateway:Webhooks", StringComparison.Ordinal)).ToList())
            Data.Remove(key);
        for (var i = 0; i < webhooks.Length; i++)
        {
            var (webhook, path) = (webhooks[i], $"Webhooks:{i}:");
            Put(path + "Name", webhook.Name).Put(path + "Url", webhook.Url).Put(path + "Secret", webhook.Secret)
                .Put(path + "Timeout", webhook.Timeout.ToString("c", CultureInfo.InvariantCulture))
                .Put(path + "GiveUpAfter", webhook.GiveUpAfter.ToString("c", CultureInfo.InvariantCulture));
            if (webhook.Tenant is { } tenant)
                Put(path + "Tenant", tenant);
            for (var j = 0; j < webhook.Events.Count; j++)
                Put($"{path}Events:{j}", webhook.Events[j]);
        }

        OnReload();
        return this;
    }
}
