using AiGateway.EndToEnd.Tests.Processes;
using AiGateway.Upstream;

namespace AiGateway.EndToEnd.Tests.Scripted;

/// <summary>
/// The gateway in front of the scripted upstream, which plays two providers: one that speaks chat, embeddings and images, and serves
/// <c>chat-*</c>; one that speaks the Responses API only, and serves <c>native-*</c>. What the star stands for is the <see cref="Scenario"/>.
/// </summary>
public class ScriptedGateway : IAsyncLifetime
{
    internal GatewayProcess Process { get; private set; } = null!;

    public ScriptedUpstream Upstream { get; private set; } = null!;

    internal Observed Observed { get; private set; } = null!;

    /// <summary>How the events of raw reasoning are named: the default, in words.</summary>
    protected virtual string ReasoningEvents => "open-responses";

    public async Task InitializeAsync()
    {
        Upstream = await ScriptedUpstream.StartAsync();
        Observed = new Observed(Upstream);
        Scenario.PlayAt(Upstream, Observed);
        Process = await GatewayProcess.StartAsync(Settings());
    }

    public async Task DisposeAsync()
    {
        await Process.DisposeAsync();
        await Upstream.DisposeAsync();
    }

    private object Settings() => new
    {
        ReasoningEvents,
        Providers = new object[]
        {
            new { Name = "chat", BaseUrl = Upstream.WithPath(Scenario.ChatPath), ApiKey = "sk-upstream-secret", Apis = new[] { "chat", "embeddings", "images" } },
            new { Name = "native", BaseUrl = Upstream.WithPath(Scenario.NativePath), ApiKey = "sk-upstream-secret", Apis = new[] { "responses" } },
        },
        Models = new object[]
        {
            new { Name = "chat-*", Provider = "chat", RewriteTo = "*" },
            new { Name = "native-*", Provider = "native", RewriteTo = "*" },
            new { Name = "chat-text", Provider = "chat", RewriteTo = "text" },
        },
    };
}
