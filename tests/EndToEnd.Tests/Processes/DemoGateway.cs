namespace AiGateway.EndToEnd.Tests.Processes;

/// <summary>The gateway as a newcomer starts it: nothing configured, the built-in model.</summary>
public sealed class DemoGateway : IAsyncLifetime
{
    internal GatewayProcess Process { get; private set; } = null!;

    public async Task InitializeAsync() => Process = await GatewayProcess.StartAsync();

    public async Task DisposeAsync() => await Process.DisposeAsync();
}
