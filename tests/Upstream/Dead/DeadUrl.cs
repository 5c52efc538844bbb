using System.Net;

namespace AiGateway.Upstream;

internal static class DeadUrl
{
    public static string Of(EndPoint? endpoint) => $"http://{endpoint}/v1";
}
