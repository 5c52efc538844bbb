using AiGateway.AspNetCore.Admin;
using AiGateway.AspNetCore.WebSockets;
using AiGateway.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AiGateway.AspNetCore;

/// <summary>Maps the gateway's endpoints into an application.</summary>
public static class AiGatewayEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps <c>/v1/chat/completions</c> and <c>/v1/conversations</c> with all below them, <c>/v1/responses</c>, <c>/v1/embeddings</c>, <c>/v1/images/generations</c>, <c>/v1/models</c>,
    /// <c>/v1/models/{id}</c>, <c>/health</c> and <c>/health/ready</c>. Whatever else is asked for under <c>/v1</c> is answered 404
    /// in OpenAI's words. The description of all that is at <c>/openapi/v1.json</c>.
    /// </summary>
    /// <param name="endpoints">The application's routes.</param>
    /// <param name="openApi">Whether to map the description; false for an application that has a document <c>v1</c> of its own: the gateway is described there then.</param>
    /// <returns>The gateway's endpoints, to add conventions to.</returns>
    /// <exception cref="Configuration.GatewayConfigurationException">The configuration is wrong: better now than at the first call.</exception>
    public static IEndpointConventionBuilder MapAiGateway(this IEndpointRouteBuilder endpoints, bool openApi = true)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var services = endpoints.ServiceProvider;
        _ = services.GetRequiredService<ModelRegistry>();
        var gateway = services.GetRequiredService<GatewayEndpoints>();
        var health = services.GetRequiredService<HealthEndpoints>();
        var responses = services.GetRequiredService<ResponseEndpoints>();
        var contexts = services.GetRequiredService<ContextEndpoints>();
        var group = endpoints.MapGroup("");
        services.GetRequiredService<CrossOrigin>().Around(group);
        services.GetRequiredService<CompletionEndpoints>().Map(group, gateway);
        services.GetRequiredService<ConversationEndpoints>().Map(group, gateway);
        group.MapMethods("/v1/responses", (HttpMethods.Post, gateway.ResponsesAsync));
        group.Map("/v1/responses", Upgraded(endpoints, services.GetRequiredService<ResponseSockets>(), gateway.MethodNotAllowed(HttpMethods.Post))).ExcludeFromDescription();
        Map(group, gateway, HttpMethods.Post, "/v1/responses/compact", contexts.CompactAsync);
        Map(group, gateway, HttpMethods.Post, "/v1/responses/input_tokens", contexts.InputTokensAsync);
        Map(group, gateway, "/v1/responses/{id}", (HttpMethods.Get, responses.RetrieveAsync), (HttpMethods.Delete, responses.DeleteAsync));
        Map(group, gateway, "/v1/responses/{id}/input_items", (HttpMethods.Get, responses.InputItemsAsync));
        Map(group, gateway, "/v1/responses/{id}/cancel", (HttpMethods.Post, responses.CancelAsync));
        Map(group, gateway, HttpMethods.Post, "/v1/embeddings", gateway.EmbeddingsAsync);
        Map(group, gateway, HttpMethods.Post, "/v1/images/generations", gateway.ImagesAsync);
        Map(group, gateway, HttpMethods.Get, "/v1/models", gateway.ModelsAsync);
        Map(group, gateway, HttpMethods.Get, "/v1/models/{**id}", gateway.ModelAsync);
        Map(group, gateway, HttpMethods.Get, "/health", health.LiveAsync);
        Map(group, gateway, HttpMethods.Get, "/health/ready", health.ReadyAsync);
        var operators = services.GetRequiredService<OperatorEndpoints>();

        // An application that has metrics of its own has them there.
        group.Map("/metrics", operators.MetricsAsync).WithOrder(int.MaxValue).ExcludeFromDescription();
        group.Map("/health/providers", operators.ProvidersAsync).ExcludeFromDescription();
        services.GetRequiredService<AdminEndpoints>().Map(group);
        group.Map("/v1/{**path}", gateway.UnknownUrlAsync).ExcludeFromDescription();
        if (openApi)
        {
            group.MapOpenApi("/openapi/v1.json");
            group.Map("/openapi/v1.json", new RequestDelegate(gateway.MethodNotAllowed(HttpMethods.Get))).ExcludeFromDescription();
        }

        return group;
    }

    /// <summary>Maps <c>/health</c> and <c>/health/ready</c> alone: for a process that has a part in a gateway and serves none of its clients.</summary>
    /// <param name="endpoints">The application's routes.</param>
    /// <returns>The endpoints, to add conventions to.</returns>
    public static IEndpointConventionBuilder MapAiGatewayHealth(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var health = endpoints.ServiceProvider.GetRequiredService<HealthEndpoints>();
        var group = endpoints.MapGroup("");
        group.MapGet("/health", health.LiveAsync);
        group.MapGet("/health/ready", health.ReadyAsync);
        return group;
    }

    private static void Map(RouteGroupBuilder group, GatewayEndpoints gateway, string method, string path, RequestDelegate handler) =>
        Map(group, gateway, path, (method, handler));

    private static void Map(RouteGroupBuilder group, GatewayEndpoints gateway, string path, params ReadOnlySpan<(string Method, RequestDelegate Handler)> methods) =>
        group.MapPath(gateway, path, methods);

    // The application need not have the framework's WebSockets for it, and where it has, its settings stay. Over HTTP/2, to upgrade is a method of its own.
    private static RequestDelegate Upgraded(IEndpointRouteBuilder endpoints, ResponseSockets sockets, Func<HttpContext, Task> otherwise)
    {
        var branch = endpoints.CreateApplicationBuilder().UseWebSockets();
        branch.Run(context => context.WebSockets.IsWebSocketRequest ? sockets.ServeAsync(context) : otherwise(context));
        return branch.Build();
    }
}
