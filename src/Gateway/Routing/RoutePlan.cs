using AiGateway.Protocol;

namespace AiGateway.Routing;

/// <summary>Where one call can go.</summary>
/// <param name="Model">The routes of the model that it asks for.</param>
/// <param name="Api">The API called.</param>
/// <param name="Preferred">The provider that should serve it; null for none.</param>
internal readonly record struct RoutePlan(ModelRoutes Model, ApiKind Api, string? Preferred)
{
    /// <summary>The one route where there is nothing to choose and nothing to be tried again; null where there is.</summary>
    public Route? Only => Model.Balance is null ? Model.Routes[0] : null;

    /// <summary>The route that the call would take by settings alone.</summary>
    /// <exception cref="GatewayException">No route serves the API: 400 <c>unsupported_value</c>.</exception>
    public Route First
    {
        get
        {
            Route? first = null;
            foreach (var route in Model.Routes)
            {
                if (!route.Serves(Api))
                    continue;
                if (route.IsOf(Preferred))
                    return route;
                first ??= route;
            }

            if (first is null)
                _ = Model.Routes[0].ApiFor(Api);
            return first ?? Model.Routes[0];
        }
    }
}
