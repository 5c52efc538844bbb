using AiGateway.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http;

namespace AiGateway.AspNetCore;

/// <summary>
/// Answers browsers that ask for a page of another origin, by the framework's CORS service. Around the gateway's own endpoints and no others: an application's middleware need not know of it,
/// and the settings may change while it runs.
/// </summary>
internal sealed class CrossOrigin(ICorsService cors, GatewayConfiguration configuration)
{
    private volatile Built? _current;

    /// <summary>Puts it around endpoints.</summary>
    /// <param name="endpoints">The endpoints.</param>
    public void Around(IEndpointConventionBuilder endpoints) => endpoints.Finally(endpoint =>
    {
        if (endpoint.RequestDelegate is { } next)
            endpoint.RequestDelegate = context => ServeAsync(context, next);
    });

    private Task ServeAsync(HttpContext context, RequestDelegate next)
    {
        var options = configuration.Current.Cors;
        if (options.Origins.Count == 0)
            return next(context);
        var result = context.Request.Headers.ContainsKey(CorsConstants.Origin) ? cors.EvaluatePolicy(context, PolicyOf(options)) : null;
        if (result is not { IsPreflightRequest: true })
        {
            // With what is sent, not before: an error may still take the headers away.
            context.Response.OnStarting(
                static state =>
                {
                    var (cors, result, response) = ((ICorsService, CorsResult?, HttpResponse))state;
                    Apply(cors, result, response);
                    return Task.CompletedTask;
                },
                (cors, result, context.Response));
            return next(context);
        }

        Apply(cors, result, context.Response);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    // Every answer depends on who asks, one without an Origin and one to a stranger too: no cache is to give it to another (https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches).
    private static void Apply(ICorsService cors, CorsResult? result, HttpResponse response)
    {
        if (result is not null)
            cors.ApplyResult(result, response);
        if (!response.Headers.Vary.ToString().Contains(CorsConstants.Origin, StringComparison.OrdinalIgnoreCase))
            response.Headers.Append("Vary", CorsConstants.Origin);
    }

    private CorsPolicy PolicyOf(CrossOriginOptions options)
    {
        if (_current is { } current && ReferenceEquals(current.Options, options))
            return current.Policy;
        var policy = new CorsPolicyBuilder()
            .WithOrigins([.. options.Origins])
            .WithMethods(options.Methods.Count > 0 ? [.. options.Methods] : [HttpMethods.Get, HttpMethods.Post, HttpMethods.Delete])
            .WithExposedHeaders([.. options.ExposedHeaders.Count > 0 ? options.ExposedHeaders : CrossOriginOptions.DefaultExposedHeaders])
            .SetPreflightMaxAge(options.MaxAge);
        _ = options.Headers.Count > 0 ? policy.WithHeaders([.. options.Headers]) : policy.AllowAnyHeader();
        if (options.Credentials)
            policy.AllowCredentials();
        var built = policy.Build();
        _current = new Built(options, built);
        return built;
    }

    private sealed record Built(CrossOriginOptions Options, CorsPolicy Policy);
}
