using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.WebSockets;

/// <summary>The cases against a provider that itself speaks the Responses API.</summary>
public sealed class NativeSocketTests : SocketAcceptanceCases
{
    private ScriptedUpstream _upstream = null!;

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _upstream.DisposeAsync();
    }

    private protected override async Task<TestGateway> StartAsync()
    {
        _upstream = await ScriptedUpstream.StartAsync();
        return await TestGateway.StartNativeAsync(_upstream);
    }
}
