using System.Text.Json.Nodes;
using NJsonSchema;

namespace AiGateway.AspNetCore.Tests.Schema;

/// <summary>
/// The schemas of <see cref="SpecificationFile"/>, as the acceptance suite applies them: every event must be one of the 24 that the file lists for
/// <c>POST /responses</c>. Where the file is not there, everything passes.
/// </summary>
internal static class OpenResponsesSchema
{
    private static readonly Lazy<Loaded?> Schemas = new(Load);
    private static readonly Lock Gate = new();

    /// <summary>The types of the events that the file knows.</summary>
    public static IReadOnlyCollection<string> EventTypes => Schemas.Value?.Events.Keys ?? (IReadOnlyCollection<string>)[];

    public static void CheckResponse(JsonObject response) => Check("ResponseResource", response);

    public static void CheckEvent(JsonObject streamed)
    {
        if (Schemas.Value is not { } loaded)
            return;
        var type = streamed["type"]!.GetValue<string>();
        Assert.True(loaded.Events.TryGetValue(type, out var name), $"Open Responses has no event '{type}'.");
        Check(name!, streamed);
    }

    /// <summary>Fails where a value is not as a schema of the file has it.</summary>
    public static void Check(string schema, JsonNode value)
    {
        var problems = Problems(schema, value);
        Assert.True(problems.Count == 0, $"Not a {schema}: {string.Join("; ", problems)}\n{value.ToJsonString()}");
    }

    /// <summary>What is wrong with a value; empty where nothing is.</summary>
    public static IReadOnlyList<string> Problems(string schema, JsonNode value)
    {
        if (Schemas.Value is not { } loaded)
            return [];

        // The library resolves references lazily and without a lock of its own.
        lock (Gate)
            return [.. loaded.Root.Definitions[schema].Validate(value.ToJsonString()).Select(problem => problem.ToString())];
    }

    private static Loaded? Load()
    {
        if (SpecificationFile.Path is not { } path)
            return null;
        var document = JsonNode.Parse(File.ReadAllText(path))!;
        var schemas = document["components"]!["schemas"]!;
        var events = document["paths"]!["/responses"]!["post"]!["responses"]!["200"]!["content"]!["text/event-stream"]!["schema"]!["oneOf"]!
            .AsArray()
            .Select(reference => reference!["$ref"]!.GetValue<string>().Split('/')[^1])
            .ToDictionary(name => schemas[name]!["properties"]!["type"]!["enum"]![0]!.GetValue<string>(), StringComparer.Ordinal);

        // OpenAPI's own words mean nothing to a JSON Schema reader, and some it cannot even read; its references it looks for elsewhere.
        RemoveOpenApiKeywords(schemas);
        var text = new JsonObject { ["definitions"] = schemas.DeepClone() }.ToJsonString().Replace("#/components/schemas/", "#/definitions/", StringComparison.Ordinal);
        return new Loaded(JsonSchema.FromJsonAsync(text).GetAwaiter().GetResult(), events);
    }

    private static void RemoveOpenApiKeywords(JsonNode? node)
    {
        if (node is JsonArray array)
        {
            foreach (var element in array)
                RemoveOpenApiKeywords(element);
        }
        else if (node is JsonObject schema)
        {
            foreach (var (name, value) in schema.ToList())
            {
                if (name.StartsWith("x-", StringComparison.Ordinal) || name == "discriminator")
                    schema.Remove(name);
                else
                    RemoveOpenApiKeywords(value);
            }
        }
    }

    private sealed record Loaded(JsonSchema Root, Dictionary<string, string> Events);
}
