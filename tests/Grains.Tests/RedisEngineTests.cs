using AiGateway.Engine;
using AiGateway.Engine.Contract;
using AiGateway.Engine.Contract.Engines;

namespace AiGateway.Grains.Tests;

/// <summary>The engine of a cluster over a real Redis.</summary>
[Collection(RedisTests.Name)]
public sealed class RedisEngineTests(RedisServer server) : ResponseEngineContract
{
    protected override Task<IEngineStorage> OpenStorageAsync() => Task.FromResult<IEngineStorage>(new Storage(server));

    private sealed class Storage(RedisServer server) : IEngineStorage
    {
        private readonly List<ClusterNode> _nodes = [];
        private RedisStores _stores = new(server);

        public IResponseStore Store => _stores.Responses;

        public async Task<IEngineNode> StartAsync(EngineSetup setup)
        {
            var node = await ClusterNode.StartAsync(setup, _stores.Responses, _stores.Responses);
            _nodes.Add(node);
            return node;
        }

        public async Task ReopenAsync()
        {
            var prefix = _stores.Prefix;
            await Task.WhenAll(_nodes.Select(node => node.Gone));
            await _stores.DisposeAsync();
            _stores = new RedisStores(server, prefix: prefix);
        }

        public async ValueTask DisposeAsync()
        {
            await Task.WhenAll(_nodes.Select(node => node.Gone));
            await _stores.DisposeAsync();
        }
    }
}
