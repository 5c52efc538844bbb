using System.Net;

namespace AiGateway.AspNetCore.Tests.WebSockets;

/// <summary>The gateway answered an upgrade request with another status than 101.</summary>
internal sealed class RefusedUpgradeException(HttpStatusCode status, Exception inner) : Exception($"{status}", inner)
{
    public HttpStatusCode Status => status;
}
