using System.Runtime.CompilerServices;
using AiGateway.Configuration;
using AiGateway.Engine;
using AiGateway.Hooks;
using AiGateway.Limits;
using AiGateway.Protocol;
using AiGateway.Tenants;
using Microsoft.Extensions.Logging;

namespace AiGateway.Pipeline;

/// <summary>
/// One call's walk, the same for every API: (1) authenticate, (2) read the request, (3) show it to the hooks, (4) seal it: from here on
/// it is what the provider gets, and ask whether its limits allow it, (5) hand it to its API's handler, which routes, calls, relays and reads the usage; and, whatever goes wrong on
/// the way, (6) tell the client in OpenAI's words and the error hooks in full. However it ends, <see cref="CallMetering"/> is told so.
/// </summary>
public sealed partial class GatewayPipeline
{
    private readonly HookSet _hooks;
    private readonly Gatekeeper _gatekeeper;
    private readonly ModelAccess _models;
    private readonly Admission _admission;
    private readonly Dictionary<ApiKind, Func<GatewayCall, CallOutput, CancellationToken, ValueTask>> _handlers;
    private readonly HookAnswers _answers;
    private readonly CallMetering _metering;
    private readonly GatewayConfiguration _configuration;
    private readonly ILogger<GatewayPipeline> _logger;

    internal GatewayPipeline(
        HookSet hooks,
        Gatekeeper gatekeeper,
        ModelAccess models,
        Admission admission,
        IEnumerable<IApiHandler> handlers,
        HookAnswers answers,
        CallMetering metering,
        GatewayConfiguration configuration,
        ILogger<GatewayPipeline> logger)
    {
        _configuration = configuration;
        (_hooks, _gatekeeper, _models, _admission) = (hooks, gatekeeper, models, admission);
        _handlers = handlers.ToDictionary(h => h.Api, h => (Func<GatewayCall, CallOutput, CancellationToken, ValueTask>)h.HandleAsync);
        _answers = answers;
        _metering = metering;
        _logger = logger;
    }

    /// <summary>Whether anybody checks who calls, by keys or by an authentication hook: else everybody who can reach the gateway may.</summary>
    public bool Authenticates => _gatekeeper.Checks;

    /// <summary>Serves one call to its end. Never throws, except to say that the client left.</summary>
    /// <param name="call">The call.</param>
    /// <param name="readRequest">Reads the request; called after authentication, so that a stranger's body is not read.</param>
    /// <param name="output">Where the answer goes.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    /// <returns>A task that ends with the call.</returns>
    /// <exception cref="OperationCanceledException">The client left.</exception>
    public ValueTask InvokeAsync(
        GatewayCall call, Func<CancellationToken, ValueTask<GatewayRequest>> readRequest, CallOutput output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(call);
        return InvokeAsync(call, readRequest, _handlers[call.Api], output, cancellationToken);
    }

    /// <summary>Lets a caller in who is to make calls over a connection; each of them is authenticated again.</summary>
    /// <param name="call">What the caller is judged by; it has no request.</param>
    /// <param name="output">Where an error goes.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    /// <returns>Whether the caller may come in; else it is told why not.</returns>
    internal async ValueTask<bool> AdmitAsync(GatewayCall call, CallOutput output, CancellationToken cancellationToken)
    {
        try
        {
            await _gatekeeper.AuthenticateAsync(call, cancellationToken);
            return true;
        }
        catch (Exception e) when (!ClientLeftException.Is(e, cancellationToken))
        {
            _metering.Begin(call);
            await FailAsync(call, e, output, cancellationToken);
            _metering.End(call);
            return false;
        }
    }

    /// <inheritdoc cref="InvokeAsync(GatewayCall, Func{CancellationToken, ValueTask{GatewayRequest}}, CallOutput, CancellationToken)"/>
    /// <param name="call">The call.</param>
    /// <param name="readRequest">Reads the request; called after authentication, so that a stranger's body is not read.</param>
    /// <param name="handle">Answers the call. Throws only while nothing is sent.</param>
    /// <param name="output">Where the answer goes.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    /// <param name="local">What the client's connection remembers; null where it remembers nothing.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    internal async ValueTask InvokeAsync(
        GatewayCall call,
        Func<CancellationToken, ValueTask<GatewayRequest>> readRequest,
        Func<GatewayCall, CallOutput, CancellationToken, ValueTask> handle,
        CallOutput output,
        CancellationToken cancellationToken,
        ILocalTurns? local = null)
    {
        ArgumentNullException.ThrowIfNull(readRequest);
        ArgumentNullException.ThrowIfNull(output);
        _metering.Begin(call);
        try
        {
            await _gatekeeper.AuthenticateAsync(call, cancellationToken);
            call.Request = await readRequest(cancellationToken);
            call.AskedModel = call.Request.AskedModelOrNull;
            _models.Check(call);
            await _hooks.RequestAsync(call, cancellationToken);
            call.Request.Seal();
            await _admission.AdmitAsync(call, isRun: false, cancellationToken);
            if (call.Lease is { } lease)
                TellLimits(lease.Standing, output);
            if (call.Answer is { } answer)
                await _answers.WriteAsync(call, answer, local, output, cancellationToken);
            else
                await handle(call, output, cancellationToken);
        }
        catch (Exception e) when (ClientLeftException.Is(e, cancellationToken))
        {
            CallMetering.Leave(call, output.HasStarted);
            throw;
        }
        catch (Exception e)
        {
            await FailAsync(call, e, output, cancellationToken);
        }
        finally
        {
            _metering.End(call);
        }
    }

    /// <summary>Tells the client of an error that happened outside the walk, such as an unknown path.</summary>
    /// <param name="error">The error.</param>
    /// <param name="output">Where the answer goes.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    /// <returns>A task that ends when the error is written.</returns>
    public static async ValueTask WriteErrorAsync(GatewayError error, CallOutput output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(error);
        ArgumentNullException.ThrowIfNull(output);
        foreach (var (name, value) in error.Headers)
            output.SetHeader(name, value);
        if (error.RetryAfter is { } retryAfter)
            output.SetHeader("Retry-After", retryAfter);
        if (error.Allow is { } allow)
            output.SetHeader("Allow", allow);
        var body = error.ToBody();
        await output.Start(error.Status, "application/json", body.Length).WriteAsync(body, cancellationToken);
    }

    private static void TellLimits(in CapacityStanding standing, CallOutput output)
    {
        output.TellsLimits = true;
        foreach (var (name, value) in LimitErrors.Headers(standing))
            output.SetHeader(name, value);
    }

    private async ValueTask FailAsync(GatewayCall call, Exception exception, CallOutput output, CancellationToken cancellationToken)
    {
        var error = ErrorOf(exception);
        if (call.Verdict is { } verdict)
            await verdict.BrokeAsync(exception);
        CallMetering.Fail(call, error);
        if (exception is not (GatewayException or StorageUnavailableException or RunQueueFullException))
            LogUnexpected(exception, call.Id);
        else if (error.Status >= 500 && error.Code != GatewayErrors.NotCachedCode)
            LogFailed(exception, call.Id, call.Provider, LogText.Of(error.Code));
        await _hooks.ErrorAsync(call, error, exception, cancellationToken);
        if (output.HasStarted)
            return;
        if (call.Provider is { } provider)
            Exchange.NameProvider(provider, output, _configuration.Current);
        await WriteErrorAsync(error, output, cancellationToken);
    }

    internal static GatewayError ErrorOf(Exception exception) => exception switch
    {
        GatewayException known => known.Error,
        StorageUnavailableException => GatewayErrors.StorageUnavailable(),
        RunQueueFullException => GatewayErrors.QueueFull(),
        _ => GatewayErrors.Internal(),
    };

    [LoggerMessage(1101, LogLevel.Error, "Request {RequestId} failed inside the gateway.")]
    private partial void LogUnexpected(Exception exception, string requestId);

    [LoggerMessage(1102, LogLevel.Warning, "Request {RequestId} failed at provider {Provider}: {Code}.")]
    private partial void LogFailed(Exception exception, string requestId, string? provider, string? code);
}
