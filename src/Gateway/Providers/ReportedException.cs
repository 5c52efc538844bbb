using AiGateway.Protocol;

namespace AiGateway.Providers;

/// <summary>An error that a provider reported inside an answer that has a good status. The error is fit for the client.</summary>
/// <param name="error">The error; its status is the one that the provider would have answered with.</param>
internal sealed class ReportedException(GatewayError error) : GatewayException(error);
