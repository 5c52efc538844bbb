namespace AiGateway.EndToEnd.Tests.Durability;

/// <summary>What a process holds, as Linux tells it.</summary>
/// <param name="Files">Open file handles, sockets among them.</param>
/// <param name="Sockets">Open sockets.</param>
/// <param name="Threads">Threads.</param>
internal sealed record ProcessUsage(int Files, int Sockets, int Threads)
{
    public static ProcessUsage Of(int process)
    {
        var links = Directory.GetFiles($"/proc/{process}/fd").Select(Target).ToList();
        return new ProcessUsage(links.Count, links.Count(link => link.StartsWith("socket:", StringComparison.Ordinal)), Directory.GetDirectories($"/proc/{process}/task").Length);
    }

    private static string Target(string link)
    {
        try
        {
            return new FileInfo(link).LinkTarget ?? "";
        }
        catch (IOException)
        {
            return "";
        }
    }
}
