namespace AiGateway.AspNetCore.Tests.Schema;

/// <summary>Open Responses' own OpenAPI file, read where it lies: beside the repository, never in it.</summary>
internal static class SpecificationFile
{
    private const string RelativePath = "shared/spec/open-responses.openapi.json";

    /// <summary>Its path; null on a machine that has none.</summary>
    public static string? Path { get; } = Find(AppContext.BaseDirectory);

    private static string? Find(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            var candidate = System.IO.Path.Combine(folder.FullName, RelativePath);
            if (File.Exists(candidate))
                return candidate;
        }

        return null;
    }
}
