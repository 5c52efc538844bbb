using AiGateway.Protocol;

namespace AiGateway.Providers;

/// <summary>Somebody who answers model calls: over HTTP, or built in.</summary>
public interface IProvider
{
    /// <summary>Its configuration.</summary>
    ProviderOptions Options { get; }

    /// <summary>The API families that it speaks.</summary>
    ApiKind Apis { get; }

    /// <summary>The API families whose input it can count without answering it. Default: none.</summary>
    ApiKind Counts => ApiKind.None;

    /// <summary>Sends one call, and returns when the answer's status and headers are here. An error status is an answer, not an exception.</summary>
    /// <param name="call">The call.</param>
    /// <param name="cancellationToken">The client's patience: when it ends, so does the call at the provider.</param>
    /// <returns>The answer; dispose it to end the call.</returns>
    /// <exception cref="ProviderException">No answer: not reached, too slow, or not HTTP.</exception>
    ValueTask<ProviderAnswer> SendAsync(ProviderCall call, CancellationToken cancellationToken);
}
