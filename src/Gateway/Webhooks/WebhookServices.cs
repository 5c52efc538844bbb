using AiGateway.Responses.Running;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace AiGateway.Webhooks;

/// <summary>Registers what tells webhook endpoints how background responses ended.</summary>
internal static class WebhookServices
{
    public static IServiceCollection AddWebhooks(this IServiceCollection services)
    {
        services.TryAddSingleton<IEndNotices, WebhookNotices>();
        services.TryAddSingleton<WebhookClient>();
        services.TryAddSingleton<RetryPlan>();
        services.AddHostedService<WebhookSender>();
        return services;
    }

    /// <summary>Keeps this process from telling anybody by itself: in a cluster, one does for all.</summary>
    public static IServiceCollection RemoveWebhookSender(this IServiceCollection services)
    {
        foreach (var sender in services.Where(d => d.ServiceType == typeof(IHostedService) && d.ImplementationType == typeof(WebhookSender)).ToList())
            services.Remove(sender);
        return services;
    }
}
