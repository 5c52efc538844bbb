using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.AspNetCore.WebSockets;
using Microsoft.Extensions.DependencyInjection;

namespace AiGateway.AspNetCore.Tests.WebSockets;

/// <summary>Waits for what nobody tells of.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task TrueAsync(Func<Task<bool>> condition, string what)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!await condition())
        {
            Assert.False(patience.IsCancellationRequested, what);
            await Task.Delay(5);
        }
    }

    /// <summary>Waits until the gateway has no open WebSocket.</summary>
    public static Task NoSocketAsync(TestGateway gateway) =>
        TrueAsync(() => Task.FromResult(gateway.Services.GetRequiredService<ResponseSockets>().Open == 0), "A WebSocket is still open.");
}
