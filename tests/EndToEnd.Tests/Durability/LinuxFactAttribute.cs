namespace AiGateway.EndToEnd.Tests.Durability;

/// <summary>A test that looks into <c>/proc</c>: skipped, saying so, elsewhere.</summary>
public sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute() => Skip = OperatingSystem.IsLinux() ? null : "Only Linux tells in /proc what a process holds.";
}
