using System.Net;
using AiGateway.Grains.Redis;
using AiGateway.Grains.Silos;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Hosting;
using StackExchange.Redis;
using GatewayOptions = AiGateway.Configuration.GatewayOptions;
using GatewayOptionsOfOrleans = Orleans.Configuration.GatewayOptions;
using OrleansCluster = Orleans.Configuration.ClusterOptions;

namespace AiGateway.Grains.Hosting;

/// <summary>How silos and clients of one cluster are set up to find each other, and how soon one that is gone is known to be.</summary>
internal static class ClusterSetup
{
    // Who watches is known in memory: a watcher whose silo is gone watches anew.
    private const string SubscriptionsStore = "PubSubStore";

    // Each is looked at all the time, whether or not anybody watches.
    private const int StreamQueues = 4;

    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan ConnectionPause = TimeSpan.FromSeconds(1);

    public static void Apply(ISiloBuilder silo, GatewayOptions options)
    {
        var cluster = options.Cluster;
        var address = IPAddress.Parse(cluster.Address);
        if (options.Redis.Configuration is { } redis)
        {
            silo.UseRedisClustering(clustering => clustering.ConfigurationOptions = Redis(redis));
            silo.ConfigureEndpoints(address, cluster.SiloPort, cluster.GatewayPort);
        }
        else
        {
            // The only one: another would have a state of its own.
            silo.UseLocalhostClustering(cluster.SiloPort, cluster.GatewayPort, null, options.Redis.KeyPrefix, cluster.ClusterId);
        }

        silo.AddMemoryStreams(EventStreams.Provider, Streams);
        silo.AddMemoryGrainStorage(SubscriptionsStore);
        silo.Configure<OrleansCluster>(identity => Name(identity, options));
        silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = ResponseTimeout);

        // A silo that was killed is known to be gone after some six seconds, and one that starts does not wait for it for minutes.
        silo.Configure<ClusterMembershipOptions>(membership =>
        {
            membership.ProbeTimeout = TimeSpan.FromSeconds(2);
            membership.NumMissedProbesLimit = 3;
            membership.TableRefreshTimeout = TimeSpan.FromSeconds(10);
            membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
            membership.DefunctSiloExpiration = TimeSpan.FromHours(1);
        });
    }

    public static void Apply(IClientBuilder client, GatewayOptions options)
    {
        if (options.Redis.Configuration is { } redis)
            client.UseRedisClustering(clustering => clustering.ConfigurationOptions = Redis(redis));
        else
            client.UseLocalhostClustering(options.Cluster.GatewayPort, options.Redis.KeyPrefix, options.Cluster.ClusterId);
        client.AddMemoryStreams(EventStreams.Provider, Streams);
        client.Configure<OrleansCluster>(identity => Name(identity, options));
        client.UseConnectionRetryFilter(WaitForSilosAsync);
        client.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = ResponseTimeout);
        client.Configure<GatewayOptionsOfOrleans>(gateways => gateways.GatewayListRefreshPeriod = TimeSpan.FromSeconds(5));
    }

    /// <summary>How events get to watchers: looked for often, since the default, a tenth of a second, is a long time to watch a word come.</summary>
    public static void Streams(ISiloMemoryStreamConfigurator streams)
    {
        streams.ConfigurePartitioning(StreamQueues);
        streams.ConfigurePullingAgent(agent => agent.Configure(options => options.GetQueueMsgsTimerPeriod = TimeSpan.FromMilliseconds(10)));
    }

    /// <summary>The same for a client: it knows as many queues as silos look at.</summary>
    public static void Streams(IClusterClientMemoryStreamConfigurator streams) => streams.ConfigurePartitioning(StreamQueues);

    private static void Name(OrleansCluster identity, GatewayOptions options) =>
        (identity.ServiceId, identity.ClusterId) = (options.Redis.KeyPrefix, options.Cluster.ClusterId);

    // A frontend may be there before the silos are: it is not ready until one is.
    private static async Task<bool> WaitForSilosAsync(Exception exception, CancellationToken cancellationToken)
    {
        await Task.Delay(ConnectionPause, cancellationToken);
        return true;
    }

    // Who is a member is asked for patiently, other than what clients wait for.
    private static ConfigurationOptions Redis(string configuration)
    {
        var options = RedisConnection.Options(configuration);
        options.BacklogPolicy = BacklogPolicy.Default;
        return options;
    }
}
