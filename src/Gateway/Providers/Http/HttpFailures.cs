using System.Net.Http;
using System.Net.Sockets;

namespace AiGateway.Providers.Http;

/// <summary>What an exception from the HTTP stack says about the provider.</summary>
internal static class HttpFailures
{
    /// <summary>How a call failed. Not for a cancellation by the caller.</summary>
    /// <param name="exception">What the HTTP stack threw.</param>
    public static ProviderFailure Of(Exception exception) => exception switch
    {
        OperationCanceledException { InnerException: TimeoutException } => ProviderFailure.ConnectTimeout,
        HttpRequestException request => Of(request),
        HttpIOException io => Of(io.HttpRequestError, ProviderFailure.ClosedEarly),
        _ => ProviderFailure.ClosedEarly,
    };

    private static ProviderFailure Of(HttpRequestException exception)
    {
        if (exception.HttpRequestError != HttpRequestError.Unknown)
            return Of(exception.HttpRequestError, ProviderFailure.ClosedEarly);
        return exception.InnerException switch
        {
            HttpIOException io => Of(io.HttpRequestError, ProviderFailure.ClosedEarly),
            // A connection that broke under a request; one that could not be made has an error of its own above.
            IOException or SocketException => ProviderFailure.ClosedEarly,
            _ => ProviderFailure.InvalidAnswer,
        };
    }

    private static ProviderFailure Of(HttpRequestError error, ProviderFailure otherwise) => error switch
    {
        HttpRequestError.NameResolutionError
            or HttpRequestError.ConnectionError
            or HttpRequestError.SecureConnectionError
            or HttpRequestError.ProxyTunnelError => ProviderFailure.Unreachable,
        HttpRequestError.InvalidResponse
            or HttpRequestError.VersionNegotiationError
            or HttpRequestError.ConfigurationLimitExceeded => ProviderFailure.InvalidAnswer,
        _ => otherwise,
    };
}
