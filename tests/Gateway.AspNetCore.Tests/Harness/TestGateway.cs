using AiGateway.Configuration;
using AiGateway.Hooks;
using AiGateway.Providers;
using AiGateway.Routing;
using AiGateway.Upstream;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AiGateway.AspNetCore.Tests.Harness;

/// <summary>The gateway as an embedder builds it: a real Kestrel on a free loopback port.</summary>
public sealed class TestGateway : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestGateway(WebApplication app, LogCapture log)
    {
        _app = app;
        Log = log;
        Address = new Uri(app.Urls.Single());
        Client = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(30) };
    }

    /// <summary>Scheme, host and port.</summary>
    public Uri Address { get; }

    public HttpClient Client { get; }

    /// <summary>Everything that was logged, at every level.</summary>
    public LogCapture Log { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>One provider behind every model name.</summary>
    /// <param name="upstream">The provider.</param>
    /// <param name="provider">Changes its settings (its name is <c>up</c>, its key <c>sk-upstream-secret</c>, its API chat, embeddings and images).</param>
    /// <param name="options">Changes the gateway's settings.</param>
    /// <param name="time">What limits and heartbeats are measured by; null for the system's time.</param>
    /// <param name="hooks">Hooks, in order.</param>
    public static Task<TestGateway> StartAsync(
        ScriptedUpstream upstream,
        Func<ProviderOptions, ProviderOptions>? provider = null,
        Func<GatewayOptions, GatewayOptions>? options = null,
        TimeProvider? time = null,
        params IGatewayHook[] hooks)
    {
        var settings = new ProviderOptions { Name = "up", BaseUrl = upstream.BaseUrl, ApiKey = "sk-upstream-secret" };
        settings = provider?.Invoke(settings) ?? settings;
        var gateway = new GatewayOptions
        {
            Providers = [settings],
            Models = [new ModelOptions { Name = "*", Provider = "up" }],
        };
        return StartAsync(options?.Invoke(gateway) ?? gateway, time, hooks);
    }

    /// <summary>A provider that speaks the Responses API (and nothing else, unless told so).</summary>
    public static Task<TestGateway> StartNativeAsync(
        ScriptedUpstream upstream,
        Func<ProviderOptions, ProviderOptions>? provider = null,
        Func<GatewayOptions, GatewayOptions>? options = null,
        TimeProvider? time = null,
        params IGatewayHook[] hooks) =>
        StartAsync(upstream, p => (provider ?? (x => x))(p with { Apis = ["responses"] }), options, time, hooks);

    /// <summary>Any settings.</summary>
    public static Task<TestGateway> StartAsync(GatewayOptions options, TimeProvider? time = null, params IGatewayHook[] hooks) =>
        StartAsync(
            options,
            services =>
            {
                if (time is not null)
                    services.AddSingleton(time);
            },
            hooks);

    /// <summary>Any settings, with services of the test's own in the gateway's place. What is kept is kept in memory, unless the settings name a file.</summary>
    public static async Task<TestGateway> StartAsync(GatewayOptions options, Action<IServiceCollection> services, params IGatewayHook[] hooks)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var log = new LogCapture();
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace).AddProvider(log);
        services(builder.Services);
        var storage = options.Storage.Path == new StorageOptions().Path ? options.Storage with { Path = ":memory:" } : options.Storage;
        var gateway = builder.Services.AddAiGateway(options with { Storage = storage });
        foreach (var hook in hooks)
            gateway.AddHook(hook);
        var app = builder.Build();
        app.MapAiGateway();
        await app.StartAsync();
        return new TestGateway(app, log);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
