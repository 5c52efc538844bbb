using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Configuration;

namespace AiGateway.AspNetCore.Tests.WebSockets;

/// <summary>The cases against the built-in model that is there without any configuration.</summary>
public sealed class DemoSocketTests : SocketAcceptanceCases
{
    protected override string Model => "demo";

    private protected override Task<TestGateway> StartAsync() => TestGateway.StartAsync(new GatewayOptions());
}
