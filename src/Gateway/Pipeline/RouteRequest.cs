using AiGateway.Hooks;
using AiGateway.Limits;
using AiGateway.Protocol;
using AiGateway.Providers;
using AiGateway.Routing;
using AiGateway.Routing.Failover;

namespace AiGateway.Pipeline;

/// <summary>A call that can go to several providers. Whoever has it, is noted on the call: what is told of an error depends on it.</summary>
/// <typeparam name="TState">What its requests are made of.</typeparam>
internal sealed class RouteRequest<TState>(GatewayCall call, TState state, RoutePreparation<TState> prepare, bool mayRunTwice, Admission admission) : IRouteRequest
{
    public string Id => call.Id;

    public bool MayRunTwice => mayRunTwice;

    public ValueTask<ProviderCall> PrepareAsync(Route route, CancellationToken cancellationToken)
    {
        call.ProviderOptions = route.Provider.Options;
        return prepare(route, state, cancellationToken);
    }

    public ValueTask<GatewayError?> EnterAsync(Route route, CancellationToken cancellationToken) =>
        admission.EnterProviderAsync(call, route.Provider.Options.Name, cancellationToken);

    public void Sending(Route route, ProviderCall request)
    {
        (request.RequestId, request.Model) = (call.Id, route.ProviderModel);
        call.Meter.BeginAttempt(route.Provider.Options.Name, route.ProviderModel, request.Body.Length);
    }

    public void Refused()
    {
        call.Meter.RefuseAttempt();
        admission.LeaveProvider(call, call.Meter.Provider!);
    }

    public void Began(IAnswerVerdict verdict)
    {
        // What was asked before on the call's way, such as for a summary, was read to its end.
        call.Verdict?.Well();
        call.Verdict = verdict;
    }
}
