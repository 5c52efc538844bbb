using AiGateway.Engine;
using AiGateway.Engine.Contract;

namespace AiGateway.Grains.Tests;

[Collection(RedisTests.Name)]
public sealed class RedisResponseStoreTests(RedisServer server) : ResponseStoreContract
{
    private readonly RedisStores _stores = new(server);

    protected override ValueTask<(IResponseStore Responses, IWebhookQueue Webhooks, IKeptSecrets Secrets)> OpenAsync() => new(_stores.Ports);

    protected override ValueTask CloseAsync() => _stores.DisposeAsync();
}

[Collection(RedisTests.Name)]
public sealed class RedisResponseLifeTests(RedisServer server) : ResponseLifeContract
{
    private readonly RedisStores _stores = new(server);

    protected override ValueTask<(IResponseStore Responses, IWebhookQueue Webhooks, IKeptSecrets Secrets)> OpenAsync() => new(_stores.Ports);

    protected override ValueTask CloseAsync() => _stores.DisposeAsync();
}

[Collection(RedisTests.Name)]
public sealed class RedisResponseEventsTests(RedisServer server) : ResponseEventsContract
{
    private readonly RedisStores _stores = new(server);

    protected override ValueTask<(IResponseStore Responses, IWebhookQueue Webhooks, IKeptSecrets Secrets)> OpenAsync() => new(_stores.Ports);

    protected override ValueTask CloseAsync() => _stores.DisposeAsync();
}

[Collection(RedisTests.Name)]
public sealed class RedisResponseChainTests(RedisServer server) : ResponseChainContract
{
    private readonly RedisStores _stores = new(server);

    protected override ValueTask<(IResponseStore Responses, IWebhookQueue Webhooks, IKeptSecrets Secrets)> OpenAsync() => new(_stores.Ports);

    protected override ValueTask CloseAsync() => _stores.DisposeAsync();
}

[Collection(RedisTests.Name)]
public sealed class RedisKeptSecretsTests(RedisServer server) : KeptSecretsContract
{
    private readonly RedisStores _stores = new(server);

    protected override ValueTask<(IResponseStore Responses, IWebhookQueue Webhooks, IKeptSecrets Secrets)> OpenAsync() => new(_stores.Ports);

    protected override ValueTask CloseAsync() => _stores.DisposeAsync();
}

[Collection(RedisTests.Name)]
public sealed class RedisWebhookQueueTests(RedisServer server) : WebhookQueueContract
{
    private readonly RedisStores _stores = new(server);

    protected override ValueTask<(IResponseStore Responses, IWebhookQueue Webhooks, IKeptSecrets Secrets)> OpenAsync() => new(_stores.Ports);

    protected override ValueTask CloseAsync() => _stores.DisposeAsync();
}

[Collection(RedisTests.Name)]
public sealed class RedisConversationStoreTests(RedisServer server) : ConversationStoreContract
{
    private readonly RedisStores _stores = new(server);

    protected override ValueTask<IConversationStore> CreateAsync() => new(_stores.Conversations);

    protected override ValueTask EndAsync() => _stores.DisposeAsync();
}

[Collection(RedisTests.Name)]
public sealed class RedisCompletionStoreTests(RedisServer server) : CompletionStoreContract
{
    private readonly RedisStores _stores = new(server);

    protected override ValueTask<ICompletionStore> CreateAsync() => new(_stores.Completions);

    protected override ValueTask EndAsync() => _stores.DisposeAsync();
}

[Collection(RedisTests.Name)]
public sealed class RedisDirectoryStoreTests(RedisServer server) : DirectoryStoreContract
{
    private readonly RedisStores _stores = new(server);

    protected override ValueTask<IDirectoryStore> OpenAsync() => new(_stores.Directory);

    protected override ValueTask CloseAsync() => _stores.DisposeAsync();
}

[Collection(RedisTests.Name)]
public sealed class RedisUsageStoreTests(RedisServer server) : UsageStoreContract
{
    private readonly RedisStores _stores = new(server);

    protected override ValueTask<IUsageStore> OpenAsync() => new(_stores.Usage);

    protected override ValueTask CloseAsync() => _stores.DisposeAsync();
}
