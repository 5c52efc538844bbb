using AiGateway.Configuration;
using AiGateway.Embedded.Sqlite;
using AiGateway.Engine;
using AiGateway.Responses.Running;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AiGateway.Embedded;

/// <summary>Registers the engine in one process.</summary>
internal static class EmbeddedEngineServices
{
    public static IServiceCollection AddEmbeddedEngine(this IServiceCollection services)
    {
        var first = services.Count;
        services.TryAddSingleton(s => SqliteDatabase.Open(
            s.GetRequiredService<GatewayConfiguration>().Current.Storage.Path, s.GetRequiredService<ILogger<SqliteDatabase>>()));
        services.TryAddSingleton<SqliteWebhookQueue>();
        services.TryAddSingleton<IWebhookQueue>(s => s.GetRequiredService<SqliteWebhookQueue>());
        services.TryAddSingleton<IResponseStore, SqliteResponseStore>();
        services.TryAddSingleton<IConversationStore, SqliteConversationStore>();
        services.TryAddSingleton<ICompletionStore, SqliteCompletionStore>();
        services.TryAddSingleton<IKeptSecrets, SqliteKeptSecrets>();
        services.TryAddSingleton<IDirectoryStore, SqliteDirectoryStore>();
        services.TryAddSingleton<IUsageStore, SqliteUsageStore>();
        services.TryAddSingleton<IResponseEngine>(s => s.GetRequiredService<EmbeddedEngine>());
        services.TryAddSingleton(s => new EmbeddedEngine(
            s.GetRequiredService<IResponseStore>(),
            // Its way leads back here: a run needs the responses that it continues.
            new Lazy<IResponseRunner>(s.GetRequiredService<IResponseRunner>),
            s.GetRequiredService<ResponseEnds>(),
            s.GetRequiredService<GatewayConfiguration>(),
            s.GetRequiredService<IHostApplicationLifetime>(),
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<ILoggerFactory>()));
        services.AddHostedService(s => s.GetRequiredService<EmbeddedEngine>());
        services.AddHostedService(s => new RetentionSweeper(
            s.GetRequiredService<SqliteDatabase>(),
            s.GetRequiredService<GatewayConfiguration>(),
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<ILogger<RetentionSweeper>>()));
        services.AddSingleton(new Registrations([.. services.Skip(first)]));
        return services;
    }

    /// <summary>Takes out again what <see cref="AddEmbeddedEngine"/> registered: another engine takes its place.</summary>
    public static IServiceCollection RemoveEmbeddedEngine(this IServiceCollection services)
    {
        foreach (var registrations in services.Select(d => d.ImplementationInstance).OfType<Registrations>().ToList())
        {
            foreach (var descriptor in registrations.Descriptors)
                services.Remove(descriptor);
        }

        return services.RemoveAll<Registrations>();
    }

    private sealed record Registrations(IReadOnlyList<ServiceDescriptor> Descriptors);
}
