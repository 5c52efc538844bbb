using AiGateway.AspNetCore.WebSockets;
using Microsoft.Extensions.DependencyInjection;

namespace AiGateway.AspNetCore.Tests.Harness;

/// <summary>Waits for what nobody tells of.</summary>
internal static class Eventually
{
    public static async Task TrueAsync(Func<Task<bool>> condition, string what)
    {
        using var patience = new CancellationTokenSource(Waits.Deadline);
        while (!await condition())
        {
            Assert.False(patience.IsCancellationRequested, what);
            await Task.Delay(5);
        }
    }

    public static Task TrueAsync(Func<bool> condition, string what) => TrueAsync(() => Task.FromResult(condition()), what);

    /// <summary>Waits until the gateway has no open WebSocket.</summary>
    public static Task NoSocketAsync(TestGateway gateway) =>
        TrueAsync(() => gateway.Services.GetRequiredService<ResponseSockets>().Open == 0, "A WebSocket is still open.");
}
