using System.Net;
using AiGateway.Bench.Compare.Processes;

namespace AiGateway.Bench.Compare;

/// <summary>A running process that answers the lanes.</summary>
internal sealed record Target(string Name, IPEndPoint EndPoint, ChildProcess Process)
{
    public const string Upstream = "upstream";
    public const string Nginx = "nginx";
    public const string Relay = "relay";
    public const string Gateway = "gateway";

    public bool Answers(Lane lane) => !lane.Translated || Name == Gateway;
}
