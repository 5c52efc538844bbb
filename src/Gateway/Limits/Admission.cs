using System.Runtime.CompilerServices;
using AiGateway.Configuration;
using AiGateway.Engine;
using AiGateway.Hooks;
using AiGateway.Protocol;
using AiGateway.Tenants;

namespace AiGateway.Limits;

/// <summary>
/// Decides whether a call may be served now: by the limits and budgets of its key, its tenant and its model at once, before a route is looked for; and by
/// those of its provider, when that is known. A call that nothing limits costs two look-ups.
/// </summary>
internal sealed class Admission(ICapacity capacity, ModelTerms terms, AccessDirectory directory, GatewayConfiguration configuration)
{
    // A background response has nobody who waits on a connection.
    private static readonly TimeSpan RunPatience = TimeSpan.FromHours(1);

    private readonly ConditionalWeakTable<object, CapacityLimit> _made = [];

    /// <summary>Lets a call in that asks a model, and reserves what it may use.</summary>
    /// <param name="call">The call; its lease is put on it.</param>
    /// <param name="isRun">Whether it is a background response's run: its request was counted when it was created, and it waits.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    /// <exception cref="GatewayException">429.</exception>
    public ValueTask AdmitAsync(GatewayCall call, bool isRun, CancellationToken cancellationToken)
    {
        var model = call.Request.AskedModelOrNull;
        if (model is null)
            return default;
        var key = KeyLimitOf(call.Access);
        var tenant = TenantLimit(call.Tenant);
        var ofModel = terms.LimitOf(model);
        return key is null && tenant is null && ofModel is null ? default : AdmitAsync(call, model, Present(key, tenant, ofModel), isRun, cancellationToken);
    }

    /// <summary>Takes of the limits of the provider that is to be asked next.</summary>
    /// <param name="call">The call.</param>
    /// <param name="provider">The provider's name.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    /// <returns>Why not; null where it is taken, or there is no limit. It is given back at the call's end, or by <see cref="LeaveProvider"/>.</returns>
    public ValueTask<GatewayError?> EnterProviderAsync(GatewayCall call, string provider, CancellationToken cancellationToken) =>
        terms.LimitOfProvider(provider) is { } limit ? EnterAsync(call, limit, cancellationToken) : default;

    private ValueTask<GatewayError?> EnterAsync(GatewayCall call, CapacityLimit limit, CancellationToken cancellationToken)
    {
        if (call.Lease is null)
            return AcquireAndEnterAsync(call, limit, cancellationToken);
        var extended = call.Lease.ExtendAsync(limit, cancellationToken);
        return extended.IsCompletedSuccessfully ? new(ErrorOf(extended.Result)) : AwaitAsync(extended);

        static async ValueTask<GatewayError?> AwaitAsync(ValueTask<CapacityRefusal?> extended) => ErrorOf(await extended);
    }

    private async ValueTask<GatewayError?> AcquireAndEnterAsync(GatewayCall call, CapacityLimit limit, CancellationToken cancellationToken)
    {
        (call.Lease, _) = await capacity.AcquireAsync(Demand(call, call.Request.AskedModelOrNull, [], isRun: false), cancellationToken);
        return ErrorOf(await call.Lease!.ExtendAsync(limit, cancellationToken));
    }

    private static GatewayError? ErrorOf(CapacityRefusal? refusal) => refusal is null ? null : LimitErrors.Of(refusal);

    /// <summary>Gives back what was taken of a provider that took nothing of the request.</summary>
    public void LeaveProvider(GatewayCall call, string provider)
    {
        if (call.Lease is { } lease && terms.LimitOfProvider(provider) is { } limit)
            lease.GiveBack(limit);
    }

    private ValueTask AdmitAsync(GatewayCall call, string model, CapacityLimit[] limits, bool isRun, CancellationToken cancellationToken)
    {
        var acquired = capacity.AcquireAsync(Demand(call, model, limits, isRun), cancellationToken);
        if (!acquired.IsCompletedSuccessfully)
            return AwaitAsync(call, acquired);
        Take(call, acquired.Result);
        return default;

        static async ValueTask AwaitAsync(GatewayCall call, ValueTask<(CapacityLease?, CapacityRefusal?)> acquired) => Take(call, await acquired);
    }

    private static void Take(GatewayCall call, (CapacityLease? Lease, CapacityRefusal? Refusal) acquired)
    {
        call.Lease = acquired.Lease;
        if (acquired.Refusal is { } refusal)
            throw new GatewayException(LimitErrors.Of(refusal));
    }

    private CapacityDemand Demand(GatewayCall call, string? model, CapacityLimit[] limits, bool isRun)
    {
        var options = configuration.Current.Limits;
        var (input, output) = RequestTokens.Of(call.Request.Utf8.Span);
        var writes = call.Request is ChatRequest or ResponsesRequest;
        var more = writes && output == 0 ? options.ReservedOutput : 0;
        var price = terms.PriceOf(model);
        return new CapacityDemand(limits)
        {
            CountsRequest = !isRun,
            TakesPlace = isRun || call.Request is not ResponsesRequest { Envelope.Background: true },
            Tokens = input + output,
            MoreTokens = more,
            Cost = price?.Of(new TokenUsage(input, output, input + output)) ?? 0,
            MoreCost = more == 0 ? 0 : price?.Of(new TokenUsage(0, more, more)) ?? 0,
            MaxWait = isRun ? RunPatience : options.MaxWait,
            MaxWaiting = isRun ? int.MaxValue : options.MaxWaiting,
        };
    }

    /// <summary>The limits of a caller's key; null for none.</summary>
    public CapacityLimit? KeyLimitOf(CallerAccess access)
    {
        if (access.KeyId is not { } id || (access.Limits is null && access.Budgets.Count == 0))
            return null;
        return _made.GetValue(access, static a => ModelTerms.Limit("key", ((CallerAccess)a).KeyId!, ((CallerAccess)a).Limits, ((CallerAccess)a).Budgets) ?? Nothing) is var limit
            && !ReferenceEquals(limit, Nothing) ? limit : null;
    }

    private CapacityLimit? TenantLimit(string? name)
    {
        if (name is null || directory.TenantOf(name) is not { } tenant || (!tenant.Limits.Any && tenant.Budgets.Count == 0))
            return null;
        return _made.GetValue(tenant, static t => ModelTerms.Limit("tenant", ((TenantOptions)t).Name, ((TenantOptions)t).Limits, ((TenantOptions)t).Budgets) ?? Nothing) is var limit
            && !ReferenceEquals(limit, Nothing) ? limit : null;
    }

    private static CapacityLimit Nothing { get; } = new("", "");

    private static CapacityLimit[] Present(CapacityLimit? key, CapacityLimit? tenant, CapacityLimit? model) => (key, tenant, model) switch
    {
        (not null, not null, not null) => [key, tenant, model],
        (not null, not null, null) => [key, tenant],
        (not null, null, not null) => [key, model],
        (null, not null, not null) => [tenant, model],
        _ => [(key ?? tenant ?? model)!],
    };
}
