using System.Runtime.CompilerServices;
using AiGateway.Engine;
using AiGateway.Hooks;
using AiGateway.Metering;
using AiGateway.Protocol;
using Microsoft.Extensions.Logging;

namespace AiGateway.Pipeline;

/// <summary>How a stream ends, for every API alike: well, because the client left, or with an error that has to be an event.</summary>
internal sealed partial class StreamEnding(HookSet hooks, ILogger<StreamEnding> logger)
{
    /// <summary>Runs a stream to its end.</summary>
    /// <param name="call">The call.</param>
    /// <param name="writer">The client's stream.</param>
    /// <param name="relay">Relays the provider's events; throws where they go wrong.</param>
    /// <param name="fail">Writes an error as this API's streams have it.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    /// <exception cref="GatewayException">It went wrong before anything was sent: the error can still be an HTTP status.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask RunAsync(
        GatewayCall call, EventWriter writer, Func<ValueTask> relay, Func<GatewayError, ValueTask> fail, CancellationToken cancellationToken)
    {
        try
        {
            await relay();
            call.Verdict?.Well();

            // Nothing is left to wait for: what was written last goes out before the hooks look at it.
            await writer.FlushAsync(cancellationToken);
        }
        catch (Exception e) when (ClientLeftException.Is(e, cancellationToken))
        {
            await hooks.ResponseAsync(call, CallResult.ForStream(clientLeft: true), CancellationToken.None);
            throw;
        }
        catch (Exception e) when (writer.HasStarted)
        {
            var error = GatewayPipeline.ErrorOf(e);
            if (call.Verdict is { } verdict)
                await verdict.BrokeAsync(e);
            (call.Meter.Outcome, call.Meter.ErrorCode) = (CallOutcome.Failed, error.Code);
            if (e is GatewayException)
                LogBroken(e, call.Id, call.Provider, LogText.Of(error.Code));
            else if (e is not StorageUnavailableException)
                LogUnexpected(e, call.Id);
            await hooks.ErrorAsync(call, error, e, cancellationToken);
            try
            {
                await fail(error);
            }
            catch (StorageUnavailableException notKept)
            {
                // An end that is not kept is not told: the error is all that the client hears.
                LogNotKept(notKept, call.Id);
                writer.EndWithout(error);
            }

            await writer.FlushAsync(cancellationToken);
            return;
        }

        await hooks.ResponseAsync(call, CallResult.ForStream(clientLeft: false), cancellationToken);
    }

    [LoggerMessage(1201, LogLevel.Warning, "The stream of request {RequestId} broke at provider {Provider}: {Code}.")]
    private partial void LogBroken(Exception exception, string requestId, string? provider, string? code);

    [LoggerMessage(1203, LogLevel.Error, "The end of request {RequestId} could not be stored.")]
    private partial void LogNotKept(Exception exception, string requestId);

    [LoggerMessage(1202, LogLevel.Error, "The stream of request {RequestId} failed inside the gateway.")]
    private partial void LogUnexpected(Exception exception, string requestId);
}
