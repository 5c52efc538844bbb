namespace AiGateway.AspNetCore.Tests.Harness;

internal static class Waits
{
    /// <summary>Long enough for a machine that stands still for a while; only a failing test waits for it.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>Waits for a fact that tells nobody of itself.</summary>
    public static async Task UntilAsync(Func<bool> fact)
    {
        using var late = new CancellationTokenSource(Deadline);
        while (!fact())
            await Task.Delay(5, late.Token);
    }
}
