using System.Reflection;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace AiGateway.AspNetCore.OpenApi;

/// <summary>The description of the gateway's API: the files in <c>Document/</c>, one for each family, put together.</summary>
internal static class ApiDescriptionFile
{
    private const string Prefix = "AiGateway.OpenApi.";

    /// <summary>Reads the files.</summary>
    /// <returns>A document that is the caller's: others may change it.</returns>
    public static OpenApiDocument Read() =>
        OpenApiDocument.Parse(Merged().ToJsonString(), OpenApiConstants.Json).Document
        ?? throw new InvalidOperationException("The description of the API cannot be read.");

    private static JsonObject Merged()
    {
        var assembly = typeof(ApiDescriptionFile).Assembly;
        var merged = Load(assembly, Prefix + "common.json");
        foreach (var name in assembly.GetManifestResourceNames().Order(StringComparer.Ordinal))
        {
            if (!name.StartsWith(Prefix, StringComparison.Ordinal) || name == Prefix + "common.json")
                continue;
            var family = Load(assembly, name);
            foreach (var (path, methods) in family["paths"]!.AsObject())
                Move(methods!.AsObject(), At(merged["paths"]!.AsObject(), path));
            Move(family["components"]!["schemas"]!.AsObject(), merged["components"]!["schemas"]!.AsObject());
        }

        return merged;
    }

    private static JsonObject Load(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name)!;
        return JsonNode.Parse(stream)!.AsObject();
    }

    // Two files may tell of the methods of one path.
    private static JsonObject At(JsonObject paths, string path)
    {
        if (paths[path] is not JsonObject methods)
            paths[path] = methods = [];
        return methods;
    }

    private static void Move(JsonObject from, JsonObject to)
    {
        foreach (var (name, value) in from.ToList())
        {
            from.Remove(name);
            to.Add(name, value);
        }
    }
}
