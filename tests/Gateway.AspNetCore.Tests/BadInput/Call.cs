using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Configuration;
using AiGateway.Hooks;
using AiGateway.Providers;
using AiGateway.Upstream;

namespace AiGateway.AspNetCore.Tests.BadInput;

/// <summary>A good call of one endpoint, one of the ways in which a request can walk through the gateway. What is wrong with it, the test adds.</summary>
public sealed record Call(string Name, string Path, string Body, bool IsStream = false, bool IsNative = false)
{
    private static readonly Call[] Known =
    [
        new("chat", "/v1/chat/completions", """{"model":"m","messages":[{"role":"user","content":"Hi"}]}"""),
        new("chat stream", "/v1/chat/completions", """{"model":"m","messages":[{"role":"user","content":"Hi"}],"stream":true}""", IsStream: true),
        new("responses", "/v1/responses", """{"model":"m","input":"Hi"}"""),
        new("responses stream", "/v1/responses", """{"model":"m","input":"Hi","stream":true}""", IsStream: true),
        new("native responses", "/v1/responses", """{"model":"m","input":"Hi"}""", IsNative: true),
        new("native responses stream", "/v1/responses", """{"model":"m","input":"Hi","stream":true}""", IsStream: true, IsNative: true),
        new("chat over responses", "/v1/chat/completions", """{"model":"m","messages":[{"role":"user","content":"Hi"}]}""", IsNative: true),
        new("chat over responses stream", "/v1/chat/completions", """{"model":"m","messages":[{"role":"user","content":"Hi"}],"stream":true}""", IsStream: true, IsNative: true),
        new("embeddings", "/v1/embeddings", """{"model":"m","input":"Hi"}"""),
        new("images", "/v1/images/generations", """{"model":"m","prompt":"Hi"}"""),
        new("images stream", "/v1/images/generations", """{"model":"m","prompt":"Hi","stream":true}""", IsStream: true),
    ];

    /// <summary>The field that the API demands besides the model.</summary>
    public string ContentField => Path switch
    {
        "/v1/chat/completions" => "messages",
        "/v1/images/generations" => "prompt",
        _ => "input",
    };

    public bool IsResponses => Path == "/v1/responses";

    public bool IsChat => Path == "/v1/chat/completions";

    /// <summary>The path that the provider is called by.</summary>
    public string UpstreamPath => IsNative ? "/v1/responses" : IsResponses ? "/v1/chat/completions" : Path;

    public static TheoryData<string> All => [.. Known.Select(c => c.Name)];

    public static TheoryData<string> Streams => [.. Known.Where(c => c.IsStream).Select(c => c.Name)];

    public static TheoryData<string> Whole => [.. Known.Where(c => !c.IsStream).Select(c => c.Name)];

    /// <summary>One call of each path that a client can post to.</summary>
    public static TheoryData<string> Paths => [.. Known.DistinctBy(c => c.Path).Select(c => c.Name)];

    public static Call Of(string name) => Known.Single(c => c.Name == name);

    /// <summary>A gateway before a provider that this call reaches.</summary>
    public Task<TestGateway> StartAsync(
        ScriptedUpstream upstream,
        Func<ProviderOptions, ProviderOptions>? provider = null,
        Func<GatewayOptions, GatewayOptions>? options = null,
        TimeProvider? time = null,
        params IGatewayHook[] hooks) => IsNative
        ? TestGateway.StartNativeAsync(upstream, provider, options, time, hooks)
        : TestGateway.StartAsync(upstream, provider, options, time, hooks);

    public Task<HttpResponseMessage> SendAsync(TestGateway gateway, string? key = null, CancellationToken cancellationToken = default) =>
        gateway.PostAsync(Path, Body, key, cancellationToken);
}
