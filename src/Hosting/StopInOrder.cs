using AiGateway.Configuration;

namespace AiGateway.Hosting;

/// <summary>
/// Stops a process in order: it says that it is not ready, and only then closes its port; and it has as long to stop as what runs in it may take to end, and to hand
/// over what did not.
/// </summary>
/// <param name="delay">How long it is open and not ready.</param>
internal sealed class StopInOrder(TimeSpan delay) : IHostedLifecycleService
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(20);

    public static void AddTo(IServiceCollection services, GatewayOptions options)
    {
        var delay = options.Cluster.CloseDelay;
        services.Configure<HostOptions>(host => host.ShutdownTimeout = delay + options.Responses.DrainTimeout + Margin);
        services.AddHostedService(_ => new StopInOrder(delay));
    }

    // Between the signal, which readiness goes by, and the first service that is stopped.
    public async Task StoppingAsync(CancellationToken cancellationToken) =>
        await Task.Delay(delay, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
