using System.Diagnostics.Metrics;
using AiGateway.Configuration;
using AiGateway.Protocol;
using AiGateway.Providers;
using AiGateway.Telemetry;

namespace AiGateway.Routing;

/// <summary>
/// Which provider serves which model, now. Holds one immutable <see cref="RoutingTable"/> and puts another in its place when
/// the configuration changes; calls under way keep the route they have. A provider that a reload leaves out is let go of,
/// not disposed, since a call may just have got its route: running calls end by themselves, and idle connections close.
/// </summary>
public sealed class ModelRegistry : IDisposable
{
    private readonly IProviderFactory _factory;
    private readonly RandomSource _random;
    private readonly TimeProvider _time;
    private readonly GatewayMetrics? _metrics;
    private readonly IHealthBroadcast? _broadcast;
    private readonly long _created;
    private readonly IDisposable _listening;
    private readonly IDisposable? _hearing;
    private readonly Lock _gate = new();
    private volatile RoutingTable _table = null!;

    /// <summary>Builds the first table and follows the configuration.</summary>
    /// <param name="configuration">The settings.</param>
    /// <param name="factory">Makes the providers.</param>
    /// <param name="time">Says when the listed models were created, and what breakers and pauses are measured by.</param>
    /// <param name="metrics">What is measured of providers; null for nothing.</param>
    /// <param name="broadcast">The other processes that these providers serve; null for none.</param>
    public ModelRegistry(
        GatewayConfiguration configuration, IProviderFactory factory, TimeProvider time, GatewayMetrics? metrics = null, IHealthBroadcast? broadcast = null)
        : this(configuration, factory, time, new RandomSource(), metrics, broadcast)
    {
    }

    /// <summary>Builds the first table and follows the configuration, with a chance of its own.</summary>
    internal ModelRegistry(
        GatewayConfiguration configuration, IProviderFactory factory, TimeProvider time, RandomSource random, GatewayMetrics? metrics = null, IHealthBroadcast? broadcast = null)
    {
        _broadcast = broadcast;
        _factory = factory;
        _random = random;
        _time = time;
        _metrics = metrics;
        _created = time.GetUtcNow().ToUnixTimeSeconds();

        // Before the first table: a change in between is then seen twice rather than not at all.
        _listening = configuration.OnChange(Rebuild);
        lock (_gate)
            _table ??= Build(configuration.Current);
        _hearing = broadcast?.Listen(Hear);
        metrics?.Meter.CreateObservableGauge(
            "aigateway.provider.up", () => Measure(health => health.IsUp ? 1 : 0), null, "Whether calls go to a provider: 1, or 0 while its breaker is open or its checks fail.");
        metrics?.Meter.CreateObservableGauge("aigateway.provider.in_flight", () => Measure(health => health.InFlight), "{request}", "Requests whose answers are not read to their end yet.");
    }

    /// <summary>The table as it is now. Take it once for what must fit together.</summary>
    public RoutingTable Table => _table;

    /// <inheritdoc cref="RoutingTable.Resolve(string)"/>
    public Route Resolve(string model) => _table.Resolve(model);

    /// <inheritdoc cref="RoutingTable.Resolve(string, string)"/>
    public Route Resolve(string model, string? preferredProvider) => _table.Resolve(model, preferredProvider);

    /// <summary>How each provider does, in the order configured.</summary>
    /// <returns>As it is now.</returns>
    public IReadOnlyList<ProviderHealth> Health()
    {
        var now = _time.GetUtcNow();
        return [.. _table.States.Select(state => new ProviderHealth(state.Name, state.IsUp(now), state.Breaker, state.IsCheckedDown, state.IsHeardDown(now), state.InFlight))];
    }

    /// <summary>Finds where a call can go.</summary>
    /// <param name="model">The name that the client asked for.</param>
    /// <param name="api">The API called.</param>
    /// <param name="preferredProvider">Who should serve it, if it serves the model; null for whoever does.</param>
    /// <exception cref="Protocol.GatewayException">Nothing serves the name: 404 <c>model_not_found</c>; or nobody the API: 400 <c>unsupported_value</c>.</exception>
    internal RoutePlan Plan(string model, Protocol.ApiKind api, string? preferredProvider = null) => new(_table.Find(model, preferredProvider), api, preferredProvider);

    /// <summary>Ends following, and closes the providers' connections: for the end of the process, when no call is left.</summary>
    public void Dispose()
    {
        _listening.Dispose();
        _hearing?.Dispose();
        foreach (var provider in _table.Providers)
            (provider as IDisposable)?.Dispose();
    }

    private IEnumerable<Measurement<long>> Measure(Func<ProviderHealth, long> value) =>
        Health().Select(health => new Measurement<long>(value(health), new KeyValuePair<string, object?>("provider", health.Provider)));

    private void Rebuild(GatewayOptions options)
    {
        lock (_gate)
            _table = Build(options);
    }

    private RoutingTable Build(GatewayOptions options) => RoutingTable.Build(options, _factory, _table, _created, _random, _time, _metrics, _broadcast);

    private void Hear(HealthNews news)
    {
        foreach (var state in _table.States.Where(state => state.Name.Equals(news.Provider, StringComparison.OrdinalIgnoreCase) && state.Provider.Options.BaseUrl == news.BaseUrl))
            state.Hear(news);
    }
}
