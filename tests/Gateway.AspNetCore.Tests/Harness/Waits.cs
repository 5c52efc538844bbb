namespace AiGateway.AspNetCore.Tests.Harness;

internal static class Waits
{
    /// <summary>Long enough for a machine that stands still for a while; only a failing test waits for it.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
}
