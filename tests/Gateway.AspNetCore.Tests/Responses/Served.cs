using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Configuration;
using AiGateway.Hooks;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.Responses;

/// <summary>A gateway and the one provider behind it.</summary>
internal sealed record Served(ScriptedUpstream Upstream, TestGateway Gateway) : IAsyncDisposable
{
    public const string Hello = """{"model":"m","input":"Hello"}""";

    /// <summary>By a provider that only speaks chat, so that responses are translated.</summary>
    public static async Task<Served> ByChatAsync(Script? always = null, Func<GatewayOptions, GatewayOptions>? options = null, params IGatewayHook[] hooks)
    {
        var upstream = await StartAsync(always);
        return new Served(upstream, await TestGateway.StartAsync(upstream, null, options, hooks: hooks));
    }

    /// <summary>By a provider that only speaks the Responses API, so that responses are relayed.</summary>
    public static async Task<Served> NativelyAsync(Script? always = null, Func<GatewayOptions, GatewayOptions>? options = null, params IGatewayHook[] hooks)
    {
        var upstream = await StartAsync(always);
        return new Served(upstream, await TestGateway.StartNativeAsync(upstream, null, options, hooks: hooks));
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Upstream.DisposeAsync();
    }

    private static async Task<ScriptedUpstream> StartAsync(Script? always)
    {
        var upstream = await ScriptedUpstream.StartAsync();
        return always is null ? upstream : upstream.Always(always);
    }
}
