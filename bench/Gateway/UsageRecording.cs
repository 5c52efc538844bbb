using AiGateway.Metering;

namespace AiGateway.Bench.Gateway;

/// <summary>No setting turns off that usage is recorded; to tell what it costs there must be a gateway without.</summary>
internal static class UsageRecording
{
    /// <summary>Takes away what records usage.</summary>
    /// <exception cref="InvalidOperationException">It is not the one observer that a factory makes any more.</exception>
    public static void RemoveUsageRecording(this IServiceCollection services) =>
        services.Remove(services.Single(service => service.ServiceType == typeof(ICallObserver) && service.ImplementationFactory is not null));
}
