using AiGateway.AspNetCore.Tests.Harness;
using AiGateway.Configuration;
using AiGateway.Engine;
using AiGateway.Webhooks;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace AiGateway.AspNetCore.Tests.Webhooks;

/// <summary>The sender by itself, over a queue in memory.</summary>
internal sealed class SenderScene : IAsyncDisposable
{
    private readonly ILoggerFactory _loggers;
    private readonly GatewayConfiguration _configuration;
    private readonly WebhookClient _client = new(TimeProvider.System);
    private readonly WebhookSender _sender;
    private int _made;

    private SenderScene(RetryPlan plan, FakeWebhookQueue queue, WebhookOptions[] webhooks)
    {
        Queue = queue;
        _loggers = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Log));
        Settings.Webhooks(webhooks);
        _configuration = new GatewayConfiguration(new ConfigurationBuilder().Add(Settings).Build(), _loggers.CreateLogger<GatewayConfiguration>(), environment: _ => null);
        _sender = new WebhookSender(_configuration, Queue, _client, plan, TimeProvider.System, _loggers.CreateLogger<WebhookSender>());
    }

    /// <summary>So short that nobody has to wait, and never so long that somebody would.</summary>
    public static RetryPlan Quick { get; } = new()
    {
        First = TimeSpan.FromMilliseconds(1),
        Longest = TimeSpan.FromMilliseconds(20),
        LongestPause = TimeSpan.FromMilliseconds(5),
        StoragePause = TimeSpan.FromMilliseconds(1),
    };

    /// <summary>So long that nothing is tried twice while a test runs.</summary>
    public static RetryPlan Slow { get; } = Quick with { First = TimeSpan.FromHours(1), Longest = TimeSpan.FromHours(1), LongestPause = TimeSpan.FromHours(1) };

    public FakeWebhookQueue Queue { get; }

    public ReloadableSettings Settings { get; } = new();

    public LogCapture Log { get; } = new();

    public static Task<SenderScene> StartAsync(RetryPlan plan, params WebhookOptions[] webhooks) => StartAsync(plan, new FakeWebhookQueue(), webhooks);

    public static async Task<SenderScene> StartAsync(RetryPlan plan, FakeWebhookQueue queue, params WebhookOptions[] webhooks)
    {
        var scene = new SenderScene(plan, queue, webhooks);
        await scene._sender.StartAsync(CancellationToken.None);
        return scene;
    }

    /// <summary>Puts deliveries into the queue, due one after the other.</summary>
    public List<WebhookDelivery> Add(string endpoint, int count = 1, TimeSpan age = default)
    {
        var now = TimeProvider.System.GetUtcNow() - age;
        var added = Enumerable.Range(0, count).Select(i =>
        {
            var id = $"evt_{endpoint}_{++_made}";
            var body = WebhookEvent.Write(id, "response.completed", now, "resp_1");
            return new WebhookDelivery { Id = id, Endpoint = endpoint, Body = body, DueAt = now.AddMilliseconds(i - count) };
        }).ToList();
        Queue.Add(added);
        return added;
    }

    public Task WaitForLogAsync(string text) => Log.WaitForAsync(text);

    public Task StopAsync() => _sender.StopAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _sender.Dispose();
        _client.Dispose();
        _configuration.Dispose();
        _loggers.Dispose();
    }
}
