using AiGateway.Hooks;
using AiGateway.Routing;

namespace AiGateway.Pipeline;

internal sealed class ChatOverResponses
{
    public ValueTask HandleAsync(GatewayCall call, Route route, CallOutput output, CancellationToken cancellationToken) => default;
}
