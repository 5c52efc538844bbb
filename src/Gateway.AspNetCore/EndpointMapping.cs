using AiGateway.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AiGateway.AspNetCore;

/// <summary>Maps a path with all its methods.</summary>
internal static class EndpointMapping
{
    /// <summary>Maps a path; any other method is answered 405 with the methods that there are.</summary>
    /// <param name="group">Where.</param>
    /// <param name="gateway">Answers other methods.</param>
    /// <param name="path">The path.</param>
    /// <param name="handlers">What serves each method.</param>
    public static void MapPath(this RouteGroupBuilder group, GatewayEndpoints gateway, string path, params ReadOnlySpan<(string Method, RequestDelegate Handler)> handlers)
    {
        group.MapMethods(path, handlers);
        var methods = new List<string>(handlers.Length);
        foreach (var (method, _) in handlers)
            methods.Add(method);

        // The same path without a method is the lesser match: it gets every other method.
        group.Map(path, new RequestDelegate(gateway.MethodNotAllowed(string.Join(", ", methods)))).ExcludeFromDescription();
    }

    /// <summary>Maps a path by some methods, and leaves the others to whoever maps it next.</summary>
    /// <param name="group">Where.</param>
    /// <param name="path">The path.</param>
    /// <param name="handlers">What serves each method.</param>
    public static void MapMethods(this RouteGroupBuilder group, string path, params ReadOnlySpan<(string Method, RequestDelegate Handler)> handlers)
    {
        // The framework describes only endpoints that name their method.
        foreach (var (method, handler) in handlers)
            group.MapMethods(path, [method], handler).WithMetadata(handler.Method, new DescribedAs(path.Replace("{**", "{", StringComparison.Ordinal)));
    }
}
