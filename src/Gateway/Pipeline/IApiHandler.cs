using AiGateway.Hooks;
using AiGateway.Protocol;

namespace AiGateway.Pipeline;

/// <summary>Serves the calls of one API family, after authentication and request hooks.</summary>
internal interface IApiHandler
{
    /// <summary>The family.</summary>
    ApiKind Api { get; }

    /// <summary>Answers a call. Throws only while <see cref="CallOutput.HasStarted"/> is false; afterwards errors are events.</summary>
    ValueTask HandleAsync(GatewayCall call, CallOutput output, CancellationToken cancellationToken);
}
