using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Configuration;

namespace AiGateway.AspNetCore.Tests.Acceptance;

/// <summary>The cases against the built-in model that is there without any configuration.</summary>
public sealed class DemoAcceptanceTests : AcceptanceCases
{
    protected override string Model => "demo";

    private protected override Task<TestGateway> StartAsync() => TestGateway.StartAsync(new GatewayOptions());
}
