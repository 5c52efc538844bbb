namespace AiGateway.Routing;

/// <summary>Tells other processes how providers do, and hears it from them. Without one registered, each process knows what it sees for itself.</summary>
public interface IHealthBroadcast
{
    /// <summary>Tells all other processes. Does not wait, and does not throw: what is not heard is seen by each for itself.</summary>
    /// <param name="news">What happened.</param>
    void Tell(HealthNews news);

    /// <summary>Hears, from now on, what other processes tell; not what this one does.</summary>
    /// <param name="heard">Called for each news, on any thread. Must not wait or throw.</param>
    /// <returns>Ends it when it is disposed.</returns>
    IDisposable Listen(Action<HealthNews> heard);
}
