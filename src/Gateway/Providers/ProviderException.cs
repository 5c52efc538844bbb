using AiGateway.Protocol;

namespace AiGateway.Providers;

/// <summary>A provider that gave no proper answer. The error is fit for the client; the inner exception, which may name addresses, is for the log.</summary>
/// <param name="failure">How it failed.</param>
/// <param name="inner">What happened; null for nothing more.</param>
public sealed class ProviderException(ProviderFailure failure, Exception? inner = null)
    : GatewayException(ErrorFor(failure), inner)
{
    /// <summary>How it failed.</summary>
    public ProviderFailure Failure { get; } = failure;

    private static GatewayError ErrorFor(ProviderFailure failure)
    {
        var (status, code, message) = failure switch
        {
            ProviderFailure.Unreachable => (502, "provider_unreachable", "The model's provider could not be reached."),
            ProviderFailure.ConnectTimeout => (504, "provider_timeout", "The model's provider did not accept a connection in time."),
            ProviderFailure.FirstByteTimeout => (504, "provider_timeout", "The model's provider did not begin to answer in time."),
            ProviderFailure.IdleTimeout => (504, "provider_timeout", "The model's provider stopped answering in the middle of its answer."),
            ProviderFailure.ClosedEarly => (502, "provider_closed", "The model's provider ended its answer before it was complete."),
            ProviderFailure.TooLarge => (502, "provider_invalid_response", "The model's provider gave an answer that is larger than the gateway takes."),
            _ => (502, "provider_invalid_response", "The model's provider gave an answer that the gateway does not understand."),
        };
        return new GatewayError(status, GatewayErrors.ServerErrorType, code, message);
    }
}
