namespace AiGateway.EndToEnd.Tests.Durability.Storage;

/// <summary>A test that needs a small disk of its own: skipped, saying so, where none can be mounted.</summary>
public sealed class TmpfsFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Problem = new(() =>
    {
        if (!OperatingSystem.IsLinux())
            return "Only Linux has a tmpfs.";
        var directory = Directory.CreateTempSubdirectory("aigateway-tmpfs-");
        try
        {
            return Tmpfs.TryMount(directory.FullName, "1m") ? null : "A tmpfs cannot be mounted here: that needs root and the right to mount.";
        }
        finally
        {
            Tmpfs.Unmount(directory.FullName);
            directory.Delete();
        }
    });

    public TmpfsFactAttribute() => Skip = Problem.Value;
}
