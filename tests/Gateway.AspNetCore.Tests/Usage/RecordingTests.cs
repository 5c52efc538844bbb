using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.AspNetCore.Tests.Keys;
using AiGateway.Configuration;
using AiGateway.Engine;
using AiGateway.Providers;
using AiGateway.Routing;
using AiGateway.Upstream;
using Microsoft.Extensions.DependencyInjection;

namespace AiGateway.AspNetCore.Tests.Usage;

/// <summary>What is recorded where the storage goes away and comes back.</summary>
public sealed class RecordingTests
{
    [Fact]
    public async Task What_could_not_be_recorded_is_tried_again_though_no_further_call_comes()
    {
        var store = new AwayStore { Refuses = 2 };
        await using var upstream = await ScriptedUpstream.StartAsync();
        var options = new GatewayOptions
        {
            Providers = [new ProviderOptions { Name = "up", BaseUrl = upstream.BaseUrl }],
            Models = [new ModelOptions { Name = "*", Provider = "up" }],
            Keys = [new KeyOptions { Id = "k", Key = KeyedGateway.Good }],
        };
        await using var gateway = await TestGateway.StartAsync(options, services => services.AddSingleton<IUsageStore>(store));

        using var response = await gateway.PostAsync("/v1/chat/completions", """{"model":"m","messages":[{"role":"user","content":"Hi"}]}""", KeyedGateway.Good);

        await Eventually.TrueAsync(() => store.Recorded.Count > 0, "The call is not recorded.");
        Assert.Equal(response.Headers.GetValues("x-request-id").Single(), Assert.Single(store.Recorded).Id);
    }

    private sealed class AwayStore : IUsageStore
    {
        private volatile IReadOnlyList<UsageRecord> _recorded = [];
        private int _asked;

        public int Refuses { get; init; }

        public IReadOnlyList<UsageRecord> Recorded => _recorded;

        public ValueTask AppendAsync(IReadOnlyList<UsageRecord> records)
        {
            if (Interlocked.Increment(ref _asked) <= Refuses)
                throw new StorageUnavailableException("Away.");
            _recorded = [.. _recorded, .. records];
            return default;
        }

        public ValueTask<IReadOnlyList<UsageSum>> SumAsync(UsageQuery query, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<IReadOnlyList<UsageRecord>> ListAsync(UsageQuery query, UsageRecord? after, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<(long Tokens, decimal Cost)> SpentAsync(string scope, string name, DateTimeOffset since, CancellationToken cancellationToken) => default;
    }
}
