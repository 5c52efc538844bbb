using AiGateway.Configuration;
using AiGateway.Engine;
using AiGateway.Hooks;
using AiGateway.Limits;
using AiGateway.Metering;
using AiGateway.Pipeline;
using AiGateway.Pipeline.Background;
using AiGateway.Pipeline.Compaction;
using AiGateway.Pipeline.Conversations;
using AiGateway.Pipeline.StoredCompletions;
using AiGateway.Pipeline.Turns;
using AiGateway.Providers;
using AiGateway.Responses;
using AiGateway.Responses.Running;
using AiGateway.Routing;
using AiGateway.Routing.Failover;
using AiGateway.Routing.Health;
using AiGateway.Telemetry;
using AiGateway.Telemetry.Prometheus;
using AiGateway.Tenants;
using AiGateway.Tenants.Administration;
using AiGateway.Usage;
using AiGateway.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace AiGateway;

/// <summary>Registers the gateway's own services. An engine (<see cref="Engine.IResponseEngine"/> and the other ports) and <see cref="GatewayConfiguration"/> come from elsewhere.</summary>
internal static class GatewayServices
{
    public static IServiceCollection AddGatewayCore(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IProviderFactory, ProviderFactory>();
        services.TryAddSingleton<GatewayMetrics>();
        services.TryAddSingleton<PrometheusMetrics>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ICallObserver, CallMetrics>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ICallObserver, CallLog>());
        services.TryAddSingleton(s => new ModelRegistry(
            s.GetRequiredService<GatewayConfiguration>(),
            s.GetRequiredService<IProviderFactory>(),
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<GatewayMetrics>(),
            s.GetService<IHealthBroadcast>()));
        services.TryAddSingleton<ProviderModels>();
        services.TryAddSingleton<RouteFailover>();
        services.AddHostedService<HealthChecks>();
        services.TryAddSingleton<CallGauge>();
        services.TryAddSingleton<HookSet>();
        services.TryAddSingleton<CallMetering>();
        services.TryAddSingleton<AccessDirectory>();
        services.AddHostedService(s => s.GetRequiredService<AccessDirectory>());
        services.TryAddSingleton<Gatekeeper>();
        services.TryAddSingleton<KeyAdministration>();
        services.TryAddSingleton<TenantAdministration>();
        services.TryAddSingleton<ModelAccess>();
        services.TryAddSingleton<ModelTerms>();
        services.TryAddSingleton<IPrices>(s => s.GetRequiredService<ModelTerms>());
        services.TryAddSingleton<Admission>();
        services.TryAddSingleton<UsageRecorder>();
        services.AddSingleton<ICallObserver>(s => s.GetRequiredService<UsageRecorder>());
        services.AddHostedService(s => s.GetRequiredService<UsageRecorder>());
        services.TryAddSingleton<ICapacity>(s => new LocalCapacity(s.GetRequiredService<UsageRecorder>().SpentAsync, s.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<LostRunUsage>();
        services.TryAddSingleton<Exchange>();
        services.TryAddSingleton<AnswerCache>();
        services.TryAddSingleton<StreamEnding>();
        services.TryAddSingleton<CompletionKeeper>();
        services.TryAddSingleton<CompletionsHandler>();
        services.TryAddSingleton<NewItems>();
        services.TryAddSingleton<ConversationsHandler>();
        services.TryAddSingleton<ConversationItemsHandler>();
        services.TryAddSingleton<ChatRelay>();
        services.TryAddSingleton<ChatOverResponses>();
        services.TryAddSingleton<KeptItems>();
        services.TryAddSingleton<Sealers>();
        services.TryAddSingleton<ResponseHistory>();
        services.TryAddSingleton<ResponseEnds>();
        services.AddWebhooks();
        services.TryAddSingleton<IResponseRunner, ResponseRunner>();
        services.TryAddSingleton<ResponseFollower>();
        services.TryAddSingleton<BackgroundResponses>();
        services.TryAddSingleton<ForegroundResponses>();
        services.TryAddSingleton<IdempotentCreates>();
        services.TryAddSingleton<StoredResponses>();
        services.TryAddSingleton<TranslatedResponses>();
        services.TryAddSingleton<NativeResponses>();
        services.TryAddSingleton<ResponseRequests>();
        services.TryAddSingleton<ResponseMaker>();
        services.TryAddSingleton<Summariser>();
        services.TryAddSingleton<ModelContexts>();
        services.TryAddSingleton<ServerCompaction>();
        services.TryAddSingleton<TriggeredCompactions>();
        services.TryAddSingleton<CompactHandler>();
        services.TryAddSingleton<InputTokensHandler>();
        services.TryAddSingleton<ChatHandler>();
        services.TryAddSingleton<ResponsesHandler>();
        services.TryAddSingleton<WarmUps>();
        services.TryAddSingleton<ResponseTurns>();
        services.TryAddSingleton<EmbeddingsHandler>();
        services.TryAddSingleton<ImagesHandler>();
        services.TryAddSingleton<ModelsHandler>();
        services.TryAddSingleton<HookAnswers>();
        services.TryAddSingleton(s => new GatewayPipeline(
            s.GetRequiredService<HookSet>(),
            s.GetRequiredService<Gatekeeper>(),
            s.GetRequiredService<ModelAccess>(),
            s.GetRequiredService<Admission>(),
            [
                s.GetRequiredService<ChatHandler>(),
                s.GetRequiredService<ResponsesHandler>(),
                s.GetRequiredService<EmbeddingsHandler>(),
                s.GetRequiredService<ImagesHandler>(),
                s.GetRequiredService<ModelsHandler>(),
            ],
            s.GetRequiredService<HookAnswers>(),
            s.GetRequiredService<CallMetering>(),
            s.GetRequiredService<GatewayConfiguration>(),
            s.GetRequiredService<ILogger<GatewayPipeline>>()));
        return services;
    }
}
