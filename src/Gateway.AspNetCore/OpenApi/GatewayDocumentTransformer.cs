using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace AiGateway.AspNetCore.OpenApi;

/// <summary>
/// Puts our description in the place of what the framework finds out by itself, which for endpoints that read and write bytes is nothing. Runs when
/// the document is asked for; the endpoints themselves know nothing of it. An application's own endpoints in the same document are left as they are.
/// </summary>
internal sealed class GatewayDocumentTransformer : IOpenApiDocumentTransformer
{
    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        var described = ApiDescriptionFile.Read();
        document.Info.Title = described.Info.Title;
        document.Info.Version = described.Info.Version;
        document.Info.Description = described.Info.Description;
        foreach (var (name, schema) in described.Components!.Schemas!)
            document.AddComponent(name, schema);
        foreach (var (name, response) in described.Components.Responses!)
            document.AddComponent(name, response);
        foreach (var (name, scheme) in described.Components.SecuritySchemes!)
            document.AddComponent(name, scheme);
        foreach (var description in context.DescriptionGroups.SelectMany(group => group.Items))
            Describe(document, description, described);

        // The framework's own guess at tags: the names of our classes.
        document.Tags = (document.Tags ?? new HashSet<OpenApiTag>())
            .Where(tag => typeof(GatewayEndpoints).Assembly.GetType($"{typeof(GatewayEndpoints).Namespace}.{tag.Name}") is null).ToHashSet();
        document.Tags.UnionWith(described.Tags!);
        return Task.CompletedTask;
    }

    private static void Describe(OpenApiDocument document, ApiDescription endpoint, OpenApiDocument described)
    {
        if (endpoint.ActionDescriptor.EndpointMetadata.OfType<DescribedAs>().FirstOrDefault() is not { } at || endpoint.HttpMethod is not { } name)
            return;
        var method = HttpMethod.Parse(name);
        // A parameter that takes the path's rest is written with stars in a route, and without in a document.
        var path = "/" + endpoint.RelativePath?.Replace("{**", "{", StringComparison.Ordinal);
        document.Paths[path].Operations![method] = described.Paths[at.Path].Operations![method];
    }
}
