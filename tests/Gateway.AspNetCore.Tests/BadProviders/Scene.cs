using AiGateway.AspNetCore.Tests.BadInput;
using AiGateway.AspNetCore.Tests.Clients;
using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Configuration;
using AiGateway.Hooks;
using AiGateway.Providers;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.BadProviders;

/// <summary>
/// A client, the gateway and a provider that misbehaves. When the scene is over, nothing may be left: no request, no connection; and nobody may have
/// been told where the provider is or what its key is.
/// </summary>
public sealed class Scene
{
    public const string ClientKey = "sk-client-secret";
    private const string UpstreamKey = "sk-upstream-secret";
    private readonly List<string> _told = [];

    private Scene(Call call, ScriptedUpstream upstream, TestGateway gateway) => (Call, Upstream, Gateway) = (call, upstream, gateway);

    public Call Call { get; }

    public ScriptedUpstream Upstream { get; }

    public TestGateway Gateway { get; }

    public static async Task RunAsync(
        string name,
        Func<Call, Script> script,
        Func<Scene, Task> play,
        Func<ProviderOptions, ProviderOptions>? provider = null,
        Func<GatewayOptions, GatewayOptions>? options = null,
        TimeProvider? time = null,
        params IGatewayHook[] hooks)
    {
        var call = Call.Of(name);
        await using var upstream = await ScriptedUpstream.StartAsync();
        upstream.Always(script(call));
        var gateway = await call.StartAsync(upstream, provider, options, time, hooks);
        Scene scene;
        await using (gateway)
        {
            scene = new Scene(call, upstream, gateway);
            await play(scene);
            await upstream.WaitForIdleAsync();
        }

        await upstream.WaitForNoConnectionsAsync();
        scene.CheckSecrets();
    }

    /// <summary>Sends the call and hears all that the gateway says.</summary>
    public async Task<Answer> AskAsync()
    {
        var answer = await Answer.ReadAsync(await Call.SendAsync(Gateway, ClientKey));
        _told.Add(answer.Everything);
        return answer;
    }

    /// <summary>Sends the call, and once the client has heard an event, has something happen that ends the rest.</summary>
    public async Task<Answer> AskAsync(Func<Task, Task> onceBegun)
    {
        var response = await Call.SendAsync(Gateway, ClientKey);
        var reader = new WireReader(response);
        await reader.ReadUntilAsync("data: ");
        var rest = reader.ReadToEndAsync();
        await onceBegun(rest);
        var answer = new Answer(response, await rest);
        _told.Add(answer.Everything);
        return answer;
    }

    /// <summary>What a good provider would stream to this call, four events at least.</summary>
    public static Script GoodStream(Call call) => call switch
    {
        { IsNative: true } => NativeResponses.Text("One two three"),
        { IsChat: true } or { IsResponses: true } => Chat.Text("One two three"),
        _ => Script.Sse()
            .SendEvent("image_generation.partial_image", """{"type":"image_generation.partial_image","b64_json":"AAAA","partial_image_index":0}""")
            .SendEvent("image_generation.partial_image", """{"type":"image_generation.partial_image","b64_json":"BBBB","partial_image_index":1}""")
            .SendEvent("image_generation.partial_image", """{"type":"image_generation.partial_image","b64_json":"CCCC","partial_image_index":2}""")
            .SendEvent("image_generation.completed", """{"type":"image_generation.completed","b64_json":"DDDD","usage":{"input_tokens":1,"output_tokens":2,"total_tokens":3}}"""),
    };

    /// <summary>The beginning of such a stream, of which the client hears something.</summary>
    public static Script Begun(Call call) => GoodStream(call).Take(call is { IsNative: true, IsChat: true } ? 6 : 3);

    private void CheckSecrets()
    {
        string[] address = [Upstream.Address.Authority, $":{Upstream.Address.Port}", "127.0.0.1"];
        foreach (var told in _told)
        {
            Assert.All(address, place => Assert.DoesNotContain(place, told, StringComparison.OrdinalIgnoreCase));
            Assert.DoesNotContain("upstream-secret", told, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("client-secret", told, StringComparison.OrdinalIgnoreCase);
        }

        var log = Gateway.Log.All;
        Assert.DoesNotContain(UpstreamKey, log, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(ClientKey, log, StringComparison.OrdinalIgnoreCase);
    }
}
