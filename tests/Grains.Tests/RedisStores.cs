using AiGateway.Engine;
using AiGateway.Grains.Redis;

namespace AiGateway.Grains.Tests;

/// <summary>The stores over a Redis, under a prefix of their own.</summary>
internal sealed class RedisStores : IAsyncDisposable
{
    public RedisStores(RedisServer server, TimeSpan? retention = null, TimeProvider? time = null, string? prefix = null)
    {
        Prefix = prefix ?? Guid.NewGuid().ToString("N");
        Connection = new RedisConnection(server.Configuration);
        Keys = new RedisKeys(Prefix);
        Webhooks = new RedisWebhookQueue(Connection, Keys);
        Responses = new RedisResponseStore(Connection, Keys, Webhooks, () => retention ?? TimeSpan.Zero, time ?? TimeProvider.System);
        Conversations = new RedisConversationStore(Connection, Keys, time ?? TimeProvider.System);
        Completions = new RedisCompletionStore(Connection, Keys);
        Secrets = new RedisKeptSecrets(Connection, Keys);
        Directory = new RedisDirectoryStore(Connection, Keys);
        Usage = new RedisUsageStore(Connection, Keys);
    }

    public string Prefix { get; }

    public RedisConnection Connection { get; }

    public RedisKeys Keys { get; }

    public RedisWebhookQueue Webhooks { get; }

    public RedisResponseStore Responses { get; }

    public RedisConversationStore Conversations { get; }

    public RedisCompletionStore Completions { get; }

    public RedisKeptSecrets Secrets { get; }

    public RedisDirectoryStore Directory { get; }

    public RedisUsageStore Usage { get; }

    public (IResponseStore Responses, IWebhookQueue Webhooks, IKeptSecrets Secrets) Ports => (Responses, Webhooks, Secrets);

    public ValueTask DisposeAsync() => Connection.DisposeAsync();
}
