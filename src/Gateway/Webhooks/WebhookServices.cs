using AiGateway.Responses.Running;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

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
}
