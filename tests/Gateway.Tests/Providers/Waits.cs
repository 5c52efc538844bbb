namespace AiGateway.Tests.Providers;

internal static class Waits
{
    /// <summary>Long enough for a busy machine; only a failing test waits for it.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
}
