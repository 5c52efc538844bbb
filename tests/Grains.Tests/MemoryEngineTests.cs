using AiGateway.Configuration;
using AiGateway.Engine;
using AiGateway.Engine.Contract;
using AiGateway.Engine.Contract.Engines;
using AiGateway.Grains.Memory;

namespace AiGateway.Grains.Tests;

/// <summary>The engine of a cluster over a state in memory.</summary>
public sealed class MemoryEngineTests : ResponseEngineContract
{
    protected override Task<IEngineStorage> OpenStorageAsync() => Task.FromResult<IEngineStorage>(new Storage());

    // What is in memory ends with its process: there, a node is followed by another over the same state.
    private sealed class Storage : IEngineStorage
    {
        private readonly List<ClusterNode> _nodes = [];
        private readonly MemoryState _state = new(new GatewayConfiguration(new GatewayOptions(), _ => null), TimeProvider.System);

        public IResponseStore Store => _state.Responses;

        public async Task<IEngineNode> StartAsync(EngineSetup setup)
        {
            var node = await ClusterNode.StartAsync(setup, _state.Responses, _state.Responses);
            _nodes.Add(node);
            return node;
        }

        public Task ReopenAsync() => Task.WhenAll(_nodes.Select(node => node.Gone));

        public async ValueTask DisposeAsync()
        {
            await ReopenAsync();
            await _state.DisposeAsync();
        }
    }
}
