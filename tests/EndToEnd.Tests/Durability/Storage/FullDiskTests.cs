using AiGateway.EndToEnd.Tests.Processes;

namespace AiGateway.EndToEnd.Tests.Durability.Storage;

public sealed class FullDiskTests
{
    private const int Block = 64 * 1024;

    [TmpfsFact]
    public async Task A_disk_that_is_full_loses_nothing()
    {
        var disk = Directory.CreateTempSubdirectory("aigateway-full-");
        Assert.True(Tmpfs.TryMount(disk.FullName, "6m"));
        try
        {
            await using var scene = await StorageScene.StartAsync(settings => GatewayProcess.StartInAsync(disk.CreateSubdirectory("work"), settings));
            var filling = Path.Combine(disk.FullName, "filling");

            await scene.PlayAsync(
                async () =>
                {
                    Fill(filling);
                    await UntilRefusedAsync(scene);
                    Fill(filling);
                },
                () =>
                {
                    File.Delete(filling);
                    return Task.CompletedTask;
                },
                cancels: false);
        }
        finally
        {
            Tmpfs.Unmount(disk.FullName);
            disk.Delete();
        }
    }

    /// <summary>A limit on the size of the process's files acts like a disk that is full, and needs no rights.</summary>
    [LimitFact]
    public async Task A_file_that_must_not_grow_any_more_loses_nothing()
    {
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            // Else the runtime keeps its code in files that would be too large.
            ["DOTNET_EnableWriteXorExecute"] = "0",
        };
        await using var scene = await StorageScene.StartAsync(settings => GatewayProcess.StartInAsync(
            Directory.CreateTempSubdirectory("aigateway-limit-"), settings, environment, "sh", "-c", "trap '' XFSZ; exec \"$@\"", "sh"));

        await scene.PlayAsync(
            async () =>
            {
                // What is written already may be written again: no file may grow beyond where it is.
                Limit.Set(scene.Gateway.Process.Id, "4096");
                await UntilRefusedAsync(scene);
            },
            () =>
            {
                Limit.Set(scene.Gateway.Process.Id, "unlimited");
                return Task.CompletedTask;
            },
            cancels: false);
    }

    // To the last byte.
    private static void Fill(string path)
    {
        using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        foreach (var size in (int[])[Block, 4096, 1])
        {
            try
            {
                while (true)
                    file.Write(new byte[size]);
            }
            catch (IOException)
            {
                // Full, for pieces of that size.
            }
        }
    }

    // What the files hold already may be written over for a while.
    private static async Task UntilRefusedAsync(StorageScene scene)
    {
        for (var i = 0; i < 200; i++)
        {
            if (await scene.TryCreateAsync(padding: 100_000) is null)
                return;
        }

        Assert.Fail("The storage does not run out.");
    }
}
