namespace AiGateway.Silo;

/// <summary>What <c>--help</c> says of what else can be set.</summary>
internal static class HelpText
{
    public const string Text = """
        Settings come from, the later over the earlier: appsettings.json in the working directory, the --config file,
        environment variables with '__' between names. In any value ${NAME} stands for the environment variable NAME.
        All nodes of a cluster take the same file; a silo needs what it takes to call the providers.
          Gateway__Redis__Configuration    Where everything is kept, such as redis:6379,password=${REDIS_PASSWORD}. Without it: in memory, on this machine.
          Gateway__Redis__KeyPrefix        What every key begins with. Default: aigateway
          Gateway__Redis__StartPatience    For how long the start waits for it. Default: 00:01:00
          Gateway__Cluster__ClusterId      The cluster's name. Default: aigateway
          Gateway__Cluster__Address        This silo's own IP address, at which the other nodes reach it. Default: 127.0.0.1
          Gateway__Cluster__SiloPort       For silos among each other. Default: 11111
          Gateway__Cluster__GatewayPort    For frontends. Default: 30000
          Gateway__Cluster__HealthUrls     Where /health, /health/ready and /metrics answer, such as http://127.0.0.1:8081. Default: nowhere
          Gateway__Responses__DrainTimeout How long responses may go on when the silo is told to stop. Default: 00:00:10

        Exit codes: 0 stopped, 1 could not start (port in use, say), 2 wrong options or settings.
        """;
}
