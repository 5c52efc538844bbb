using AiGateway.Engine;
using AiGateway.Engine.Contract;
using AiGateway.Grains.Memory;

namespace AiGateway.Grains.Tests;

[Collection(MemoryTests.Name)]
public sealed class MemoryResponseStoreTests(MemoryCluster cluster) : ResponseStoreContract
{
    protected override ValueTask<(IResponseStore Responses, IWebhookQueue Webhooks, IKeptSecrets Secrets)> OpenAsync()
    {
        var state = cluster.NewState();
        return new((new MemoryResponseStore(state), new MemoryWebhookQueue(state), new MemoryKeptSecrets(state)));
    }

    protected override ValueTask CloseAsync() => default;
}

[Collection(MemoryTests.Name)]
public sealed class MemoryResponseLifeTests(MemoryCluster cluster) : ResponseLifeContract
{
    protected override ValueTask<(IResponseStore Responses, IWebhookQueue Webhooks, IKeptSecrets Secrets)> OpenAsync()
    {
        var state = cluster.NewState();
        return new((new MemoryResponseStore(state), new MemoryWebhookQueue(state), new MemoryKeptSecrets(state)));
    }

    protected override ValueTask CloseAsync() => default;
}

[Collection(MemoryTests.Name)]
public sealed class MemoryResponseEventsTests(MemoryCluster cluster) : ResponseEventsContract
{
    protected override ValueTask<(IResponseStore Responses, IWebhookQueue Webhooks, IKeptSecrets Secrets)> OpenAsync()
    {
        var state = cluster.NewState();
        return new((new MemoryResponseStore(state), new MemoryWebhookQueue(state), new MemoryKeptSecrets(state)));
    }

    protected override ValueTask CloseAsync() => default;
}

[Collection(MemoryTests.Name)]
public sealed class MemoryResponseChainTests(MemoryCluster cluster) : ResponseChainContract
{
    protected override ValueTask<(IResponseStore Responses, IWebhookQueue Webhooks, IKeptSecrets Secrets)> OpenAsync()
    {
        var state = cluster.NewState();
        return new((new MemoryResponseStore(state), new MemoryWebhookQueue(state), new MemoryKeptSecrets(state)));
    }

    protected override ValueTask CloseAsync() => default;
}

[Collection(MemoryTests.Name)]
public sealed class MemoryKeptSecretsTests(MemoryCluster cluster) : KeptSecretsContract
{
    protected override ValueTask<(IResponseStore Responses, IWebhookQueue Webhooks, IKeptSecrets Secrets)> OpenAsync()
    {
        var state = cluster.NewState();
        return new((new MemoryResponseStore(state), new MemoryWebhookQueue(state), new MemoryKeptSecrets(state)));
    }

    protected override ValueTask CloseAsync() => default;
}

[Collection(MemoryTests.Name)]
public sealed class MemoryWebhookQueueTests(MemoryCluster cluster) : WebhookQueueContract
{
    protected override ValueTask<(IResponseStore Responses, IWebhookQueue Webhooks, IKeptSecrets Secrets)> OpenAsync()
    {
        var state = cluster.NewState();
        return new((new MemoryResponseStore(state), new MemoryWebhookQueue(state), new MemoryKeptSecrets(state)));
    }

    protected override ValueTask CloseAsync() => default;
}

[Collection(MemoryTests.Name)]
public sealed class MemoryConversationStoreTests(MemoryCluster cluster) : ConversationStoreContract
{
    protected override ValueTask<IConversationStore> CreateAsync() => new(new MemoryConversationStore(cluster.NewState()));

    protected override ValueTask EndAsync() => default;
}

[Collection(MemoryTests.Name)]
public sealed class MemoryCompletionStoreTests(MemoryCluster cluster) : CompletionStoreContract
{
    protected override ValueTask<ICompletionStore> CreateAsync() => new(new MemoryCompletionStore(cluster.NewState()));

    protected override ValueTask EndAsync() => default;
}

[Collection(MemoryTests.Name)]
public sealed class MemoryDirectoryStoreTests(MemoryCluster cluster) : DirectoryStoreContract
{
    protected override ValueTask<IDirectoryStore> OpenAsync() => new(new MemoryDirectoryStore(cluster.NewState()));

    protected override ValueTask CloseAsync() => default;
}

[Collection(MemoryTests.Name)]
public sealed class MemoryUsageStoreTests(MemoryCluster cluster) : UsageStoreContract
{
    protected override ValueTask<IUsageStore> OpenAsync() => new(new MemoryUsageStore(cluster.NewState()));

    protected override ValueTask CloseAsync() => default;
}
