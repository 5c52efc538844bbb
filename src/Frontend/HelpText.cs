namespace AiGateway.Frontend;

/// <summary>What <c>--help</c> says of what else can be set.</summary>
internal static class HelpText
{
    public const string Text = """
        Settings are those of the standalone gateway, from the same places, and for the cluster besides:
          Gateway__Redis__Configuration    Where everything is kept, such as redis:6379,password=${REDIS_PASSWORD}. Without it: at the silo on this machine.
          Gateway__Redis__KeyPrefix        What every key begins with. Default: aigateway
          Gateway__Redis__StartPatience    For how long the start waits for it. Default: 00:01:00
          Gateway__Cluster__ClusterId      The cluster's name. Default: aigateway
          Gateway__Cluster__GatewayPort    Without Redis: the port at which a silo on this machine is reached. Default: 30000
        With --with-silo, those of a silo too: Gateway__Cluster__Address, Gateway__Cluster__SiloPort.

        Exit codes: 0 stopped, 1 could not start (port in use, say), 2 wrong options or settings.
        """;
}
