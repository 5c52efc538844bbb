using System.Runtime.CompilerServices;
using AiGateway.Configuration;
using AiGateway.Hooks;
using AiGateway.Limits;
using AiGateway.Metering;
using AiGateway.Protocol;
using AiGateway.Providers;
using AiGateway.Providers.Errors;
using AiGateway.Providers.Http;
using AiGateway.Routing;
using AiGateway.Routing.Failover;

namespace AiGateway.Pipeline;

/// <summary>What handlers share: a routed call's way to its provider, and a whole answer's way back through the hooks to the client.</summary>
internal sealed class Exchange(ModelRegistry registry, RouteFailover failover, Admission admission, HookSet hooks, GatewayConfiguration configuration)
{
    /// <summary>Which provider served a call, for its client.</summary>
    public const string ProviderHeader = "x-aigateway-provider";

    /// <inheritdoc cref="BodyReading.MaxAnswerBytes"/>
    public const int MaxAnswerBytes = BodyReading.MaxAnswerBytes;

    /// <summary>Finds who can serve a call.</summary>
    /// <param name="call">The call.</param>
    /// <param name="preferredProvider">Who should serve it, if it serves the model; null for whoever does.</param>
    /// <returns>Where it can go.</returns>
    /// <exception cref="GatewayException">No such model, or none of its providers speaks the API.</exception>
    public RoutePlan Plan(GatewayCall call, string? preferredProvider = null)
    {
        var plan = registry.Plan(call.Request.Model, call.Api, preferredProvider);
        var first = plan.First;
        _ = first.ApiFor(call.Api);
        call.ProviderOptions = first.Provider.Options;
        return plan;
    }

    /// <summary>Sends a call to the provider, or to one of several; an error status becomes an exception.</summary>
    /// <typeparam name="TState">What the request is made of.</typeparam>
    /// <param name="call">The call; the provider that it goes to is noted on it.</param>
    /// <param name="plan">Where it can go.</param>
    /// <param name="state">What the request is made of.</param>
    /// <param name="prepare">Makes the request for one route, of nothing that another route's attempt left.</param>
    /// <param name="mayRunTwice">Whether it may be sent again when a provider may have done it already.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    /// <returns>A successful answer, and whose it is.</returns>
    /// <exception cref="GatewayException">No provider gave one.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Served> SendAsync<TState>(
        GatewayCall call, RoutePlan plan, TState state, RoutePreparation<TState> prepare, bool mayRunTwice, CancellationToken cancellationToken)
    {
        if (plan.Only is not { } route)
        {
            mayRunTwice |= plan.Model.Balance!.Retry.RetryUncertain;
            return await failover.SendAsync(plan, new RouteRequest<TState>(call, state, prepare, mayRunTwice, admission), cancellationToken);
        }

        var request = await prepare(route, state, cancellationToken);
        (request.RequestId, request.Model) = (call.Id, route.ProviderModel);
        if (await admission.EnterProviderAsync(call, route.Provider.Options.Name, cancellationToken) is { } full)
            throw new GatewayException(full);
        call.Meter.BeginAttempt(route.Provider.Options.Name, route.ProviderModel, request.Body.Length);
        ProviderAnswer answer;
        try
        {
            answer = await route.State!.SendAsync(request, route.Stats, cancellationToken);
        }
        catch (ProviderException e) when (Failures.Of(e.Failure) == FailureKind.DidNotRun)
        {
            call.Meter.RefuseAttempt();
            throw;
        }

        if (answer.IsSuccess)
            return new Served(route, request, answer);
        call.Meter.RefuseAttempt();
        await using (answer)
            throw new GatewayException(await ProviderErrors.FromAnswerAsync(answer, route.Provider.Options, cancellationToken));
    }

    /// <summary>The client's own request, for one route.</summary>
    /// <param name="route">The route.</param>
    /// <param name="call">The call.</param>
    public static ProviderCall Prepare(Route route, GatewayCall call) => new()
    {
        Api = route.ApiFor(call.Api),
        Body = RequestSplice.ForProvider(call.Request, route.ProviderModel, askUsage: false),
        Stream = call.Request.Stream,
        ClientHeaders = call.Headers,
    };

    /// <summary>What a provider reports in place of an answer, with a status of 200 or in mid-stream.</summary>
    /// <param name="call">The call.</param>
    /// <param name="report">A JSON object.</param>
    /// <returns>The exception to throw.</returns>
    public static GatewayException Reported(GatewayCall call, ReadOnlySpan<byte> report) =>
        ProviderErrors.FromEvent(report, call.ProviderOptions ?? new ProviderOptions()) is { } error
            ? new ReportedException(error)
            : new ProviderException(ProviderFailure.InvalidAnswer);

    /// <summary>Puts the provider's allowed headers on the answer, and its name where that is wanted.</summary>
    public void CopyHeaders(in Served served, CallOutput output)
    {
        foreach (var (name, value) in served.Answer.Headers)
        {
            if (!output.TellsLimits || !name.StartsWith("x-ratelimit-", StringComparison.OrdinalIgnoreCase))
                output.SetHeader(name, value);
        }

        NameProvider(served.Route.Provider.Options.Name, output, configuration.Current);
    }

    /// <summary>Puts a provider's name on an answer, where that is wanted and HTTP takes the name.</summary>
    public static void NameProvider(string name, CallOutput output, GatewayOptions options)
    {
        if (options.ProviderHeader && HeaderText.IsValue(name))
            output.SetHeader(ProviderHeader, name);
    }

    /// <summary>Shows a whole answer to the hooks and sends what they leave of it.</summary>
    /// <param name="call">The call.</param>
    /// <param name="body">The answer.</param>
    /// <param name="output">Where it goes.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="keep">Keeps what is sent, before it is sent; null where nothing is kept.</param>
    public async ValueTask WriteAsync(
        GatewayCall call,
        ReadOnlyMemory<byte> body,
        CallOutput output,
        CancellationToken cancellationToken,
        int status = 200,
        Func<ReadOnlyMemory<byte>, ValueTask>? keep = null)
    {
        call.Meter.Status = status;
        body = await ShowAsync(call, body, cancellationToken);
        if (keep is not null)
            await keep(body);
        await output.Start(status, "application/json", body.Length).WriteAsync(body, cancellationToken);
    }

    /// <summary>Shows a whole answer to the hooks.</summary>
    /// <param name="call">The call.</param>
    /// <param name="body">The answer.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    /// <returns>What they leave of it.</returns>
    public async ValueTask<ReadOnlyMemory<byte>> ShowAsync(GatewayCall call, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var result = new CallResult(body);
        await hooks.ResponseAsync(call, result, cancellationToken);
        return result.ToUtf8();
    }
}
