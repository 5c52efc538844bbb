using AiGateway.Configuration;

namespace AiGateway.Hosting;

/// <summary>Gives a process as long to stop as what runs in it may take to end, and to hand over what did not.</summary>
internal static class StopInOrder
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(20);

    public static void AddTo(IServiceCollection services, GatewayOptions options) =>
        services.Configure<HostOptions>(host => host.ShutdownTimeout = options.Responses.DrainTimeout + Margin);
}
