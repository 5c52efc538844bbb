using AiGateway.EndToEnd.Tests.Durability.Driver;

namespace AiGateway.Cluster.Tests;

/// <summary>Sends each call to the next frontend that says it is ready.</summary>
internal sealed class Balancer(IEnumerable<ClusterProcess> frontends)
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero });
    private volatile ClusterProcess[] _all = [.. frontends];
    private volatile ClusterProcess[] _ready = [.. frontends];
    private int _next;

    public void Add(ClusterProcess frontend) => _all = [.. _all, frontend];

    public Uri Next()
    {
        var ready = _ready;
        return ready[(int)((uint)Interlocked.Increment(ref _next) % (uint)ready.Length)].Address!;
    }

    public async Task RunAsync(Func<bool> isEnough)
    {
        while (!isEnough())
        {
            var ready = new List<ClusterProcess>();
            foreach (var frontend in _all)
            {
                if (await IsReadyAsync(frontend))
                    ready.Add(frontend);
            }

            if (ready.Count > 0)
                _ready = [.. ready];
            await Task.Delay(100);
        }

        _http.Dispose();
    }

    private async Task<bool> IsReadyAsync(ClusterProcess frontend)
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri(frontend.Address!, "/health/ready"));
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (GatewayClient.IsOfConnection(e))
        {
            return false;
        }
    }
}
