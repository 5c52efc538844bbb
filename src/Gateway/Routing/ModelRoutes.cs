using AiGateway.Routing.Balancing;

namespace AiGateway.Routing;

/// <summary>The ways to one model, under one of its names.</summary>
/// <param name="routes">The routes, as configured; one at least.</param>
/// <param name="balance">What orders them and tries again; null where there is one route and nothing of the kind is asked for.</param>
internal sealed class ModelRoutes(Route[] routes, ModelBalance? balance)
{
    public IReadOnlyList<Route> Routes => routes;

    public ModelBalance? Balance => balance;

    /// <summary>Whether a provider serves it.</summary>
    /// <param name="provider">The provider's name, in whatever case.</param>
    public bool AreOf(string provider)
    {
        foreach (var route in routes)
        {
            if (route.IsOf(provider))
                return true;
        }

        return false;
    }
}
