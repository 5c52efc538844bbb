using System.Threading.Channels;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Configuration;
using AiGateway.Hooks;
using AiGateway.Metering;
using AiGateway.Providers;
using AiGateway.Routing;
using AiGateway.Upstream;
using Microsoft.Extensions.DependencyInjection;

namespace AiGateway.AspNetCore.Tests.Metering;

/// <summary>A gateway whose calls' ends a test waits for.</summary>
internal sealed class MeteredGateway : IAsyncDisposable
{
    private readonly Observer _observer;

    private MeteredGateway(ScriptedUpstream upstream, TestGateway gateway, Observer observer) => (Upstream, Gateway, _observer) = (upstream, gateway, observer);

    public ScriptedUpstream Upstream { get; }

    public TestGateway Gateway { get; }

    public int Begun => _observer.Begun;

    public int Ended => _observer.Ended;

    public static async Task<MeteredGateway> StartAsync(Func<ProviderOptions, ProviderOptions>? provider = null, params IGatewayHook[] hooks)
    {
        var upstream = await ScriptedUpstream.StartAsync();
        var settings = new ProviderOptions { Name = "up", BaseUrl = upstream.BaseUrl, ApiKey = "sk-upstream-secret" };
        var options = new GatewayOptions
        {
            Providers = [provider?.Invoke(settings) ?? settings],
            Models = [new ModelOptions { Name = "mine", Provider = "up", RewriteTo = "theirs" }],
        };
        var observer = new Observer();
        var gateway = await TestGateway.StartAsync(
            options,
            services => services.AddSingleton<ICallObserver>(new Throwing()).AddSingleton<ICallObserver>(observer),
            hooks);
        return new MeteredGateway(upstream, gateway, observer);
    }

    public async Task<CallMeter> NextAsync() => await _observer.Ends.Reader.ReadAsync().AsTask().WaitAsync(Waits.Deadline);

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Upstream.DisposeAsync();
    }

    // One that throws is in nobody's way.
    private sealed class Throwing : ICallObserver
    {
        public void OnBegun(CallMeter call) => throw new InvalidOperationException("begun");

        public void OnEnded(CallMeter call) => throw new InvalidOperationException("ended");
    }

    private sealed class Observer : ICallObserver
    {
        private int _begun;
        private int _ended;

        public Channel<CallMeter> Ends { get; } = Channel.CreateUnbounded<CallMeter>();

        public int Begun => Volatile.Read(ref _begun);

        public int Ended => Volatile.Read(ref _ended);

        public void OnBegun(CallMeter call) => Interlocked.Increment(ref _begun);

        public void OnEnded(CallMeter call)
        {
            Interlocked.Increment(ref _ended);
            Ends.Writer.TryWrite(call);
        }
    }
}
