using System.Globalization;
using AiGateway.Caching;
using AiGateway.Configuration;
using AiGateway.Hooks;
using AiGateway.Protocol;
using AiGateway.Providers;
using AiGateway.Providers.Http;
using AiGateway.Routing;
using AiGateway.Routing.Failover;
using AiGateway.Telemetry;

namespace AiGateway.Pipeline;

/// <summary>
/// Stands before <see cref="Exchange"/> for calls whose answers may be given again: (1) is it wanted, by the settings or the client; (2) would it be answered
/// alike; (3) is there an answer; (4) is somebody just asking; else (5) ask, and keep what is good. Kept is what the provider said, so that hooks see every answer and each client gets ids of its own.
/// </summary>
internal sealed class AnswerCache(Exchange exchange, GatewayConfiguration configuration, GatewayMetrics metrics, TimeProvider time)
{
    /// <summary>Asks for the cache in a request (<c>on</c>, <c>off</c>), and in an answer tells where it came from: <c>hit</c>, <c>miss</c>, or <c>bypass</c> by the client's wish.</summary>
    public const string Header = "x-aigateway-cache";

    // Their values differ from call to call, and change no answer.
    private static readonly string[] Passing = ["traceparent", "tracestate", "X-Client-Request-Id", "Idempotency-Key"];

    private readonly LruStore<KeptAnswer> _kept = new();
    private readonly Flights<KeptAnswer> _flights = new();

    /// <summary>How many calls wait for the answer that another one asks for.</summary>
    public int Waiting => _flights.Waiting;

    /// <inheritdoc cref="Exchange.SendAsync"/>
    /// <param name="call">The call.</param>
    /// <param name="plan">Where it can go.</param>
    /// <param name="state">What the request is made of.</param>
    /// <param name="prepare">Makes the request for one route.</param>
    /// <param name="mayRunTwice">Whether it may be sent again when a provider may have done it already.</param>
    /// <param name="output">Where the client is told whether it was a hit; null for nobody, and then nothing is kept.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    public ValueTask<Served> SendAsync<TState>(
        GatewayCall call, RoutePlan plan, TState state, RoutePreparation<TState> prepare, bool mayRunTwice, CallOutput? output, CancellationToken cancellationToken)
    {
        var options = configuration.Current.Cache;
        if (output is null || !IsWanted(call, options))
            return exchange.SendAsync(call, plan, state, prepare, mayRunTwice, cancellationToken);
        var directives = CacheDirectives.Read(call.Headers["Cache-Control"]);
        if (!call.Request.Stream && Repeatable.Is(call.Api, call.Request.Utf8.Span))
            return SendAsync(call, plan, state, prepare, mayRunTwice, output, options, directives, cancellationToken);
        if (directives.OnlyIfCached)
            throw NotCached(call, output);
        return exchange.SendAsync(call, plan, state, prepare, mayRunTwice, cancellationToken);
    }

    private async ValueTask<Served> SendAsync<TState>(
        GatewayCall call,
        RoutePlan plan,
        TState state,
        RoutePreparation<TState> prepare,
        bool mayRunTwice,
        CallOutput output,
        CacheOptions options,
        CacheDirectives directives,
        CancellationToken cancellationToken)
    {
        if (directives is { OnlyIfCached: true, NoStore: true } or { OnlyIfCached: true, NoCache: true })
            throw NotCached(call, output);
        if (directives.NoStore)
        {
            output.SetHeader(Header, "bypass");
            return await exchange.SendAsync(call, plan, state, prepare, mayRunTwice, cancellationToken);
        }

        var key = KeyOf(call, plan);
        if (!directives.NoCache && Find(key, directives.MaxAge, options) is { } kept)
            return Give(call, kept, output);
        if (directives.OnlyIfCached)
            throw NotCached(call, output);
        if (directives.NoCache)
        {
            output.SetHeader(Header, "bypass");
            return (await AskAsync(cancellationToken)).ToServed();
        }

        var (answer, isShared) = await _flights.RunAsync(key, AskAsync, cancellationToken);
        if (isShared && answer.MayBeShared)
            return Give(call, answer, output);

        // It was for the other alone.
        if (isShared)
            answer = await AskAsync(cancellationToken);
        metrics.Cache(call.Api, isHit: false);
        output.SetHeader(Header, "miss");
        return answer.ToServed();

        async ValueTask<KeptAnswer> AskAsync(CancellationToken token)
        {
            var served = await exchange.SendAsync(call, plan, state, prepare, mayRunTwice, token);
            exchange.CopyHeaders(served, output);
            var fresh = await KeptAnswer.ReadAsync(served, time.GetUtcNow(), token);
            if (fresh.MayBeShared && fresh.Body.Length <= options.MaxEntryBytes && BodyScan.TryScan(fresh.Body.Span, out var scan) && !scan.IsError)
                _kept.Set(key, fresh, fresh.Body.Length, options.MaxBytes);
            return fresh;
        }
    }

    // No provider was asked, so none is named.
    private static GatewayException NotCached(GatewayCall call, CallOutput output)
    {
        call.ProviderOptions = null;
        output.SetHeader(Header, "miss");
        return new GatewayException(GatewayErrors.NotCached());
    }

    private static bool IsWanted(GatewayCall call, CacheOptions options)
    {
        if (options.MaxBytes == 0 || (options.Apis.Count == 0 && !options.AllowHeader) || call.Api is not (ApiKind.Embeddings or ApiKind.Chat or ApiKind.Responses))
            return false;
        var wish = options.AllowHeader ? call.Headers[Header] : null;
        if (wish is not null)
            return wish.Equals("on", StringComparison.OrdinalIgnoreCase);
        foreach (var api in options.Apis)
        {
            if (api.Equals(call.Api.ToString(), StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    private KeptAnswer? Find(UInt128Pair key, TimeSpan? maxAge, CacheOptions options)
    {
        if (!_kept.TryGet(key, out var kept))
            return null;
        var age = time.GetUtcNow() - kept.MadeAt;
        if (age < options.Ttl)
            return maxAge is null || age <= maxAge ? kept : null;
        _kept.Remove(key);
        return null;
    }

    private Served Give(GatewayCall call, KeptAnswer kept, CallOutput output)
    {
        call.Meter.IsCached = true;
        metrics.Cache(call.Api, isHit: true);
        call.ProviderOptions = kept.Route.Provider.Options;
        output.SetHeader(Header, "hit");
        output.SetHeader("Age", ((long)Math.Max(0, (time.GetUtcNow() - kept.MadeAt).TotalSeconds)).ToString(CultureInfo.InvariantCulture));
        return kept.ToServed();
    }

    // Whose it is, what is asked, where it would go, and what else the provider would see of the client.
    private static UInt128Pair KeyOf(GatewayCall call, RoutePlan plan)
    {
        using var key = new CacheKey();
        key.Add(call.Tenant).Add(call.Api.ToString()).Add(call.AskedModel).Add(call.Request.Utf8.Span).Add(plan.Preferred);
        foreach (var route in plan.Model.Routes)
            AddRoute(key, call, route);
        return key.ToKey();
    }

    private static void AddRoute(CacheKey key, GatewayCall call, Route route)
    {
        var options = route.Provider.Options;
        key.Add(options.Name).Add(options.BaseUrl).Add(route.ProviderModel);
        var filter = new HeaderFilter(options.RequestHeaders ?? ProviderOptions.DefaultRequestHeaders, Passing);
        foreach (var name in filter.Names.Order(StringComparer.OrdinalIgnoreCase))
        {
            if (call.Headers[name] is { } value)
                key.Add(name.ToLowerInvariant()).Add(value);
        }

        if (!filter.HasPatterns)
            return;
        foreach (var (name, value) in call.Headers.All().Where(h => filter.MatchesPattern(h.Key)).OrderBy(h => h.Key, StringComparer.OrdinalIgnoreCase))
            key.Add(name.ToLowerInvariant()).Add(value);
    }
}
