using AiGateway.Engine;
using AiGateway.Engine.Contract;

namespace AiGateway.Embedded.Tests;

public sealed class MemoryResponseStoreTests : ResponseStoreContract
{
    private readonly Stores _stores = Stores.InMemory();

    protected override ValueTask<(IResponseStore Responses, IWebhookQueue Webhooks, IKeptSecrets Secrets)> OpenAsync() => new(_stores.Ports);

    protected override ValueTask CloseAsync() => _stores.DisposeAsync();
}

public sealed class FileResponseStoreTests : ResponseStoreContract
{
    private readonly Stores _stores = Stores.InFile();

    protected override ValueTask<(IResponseStore Responses, IWebhookQueue Webhooks, IKeptSecrets Secrets)> OpenAsync() => new(_stores.Ports);

    protected override ValueTask CloseAsync() => _stores.DisposeAsync();
}

public sealed class MemoryResponseLifeTests : ResponseLifeContract
{
    private readonly Stores _stores = Stores.InMemory();

    protected override ValueTask<(IResponseStore Responses, IWebhookQueue Webhooks, IKeptSecrets Secrets)> OpenAsync() => new(_stores.Ports);

    protected override ValueTask CloseAsync() => _stores.DisposeAsync();
}

public sealed class FileResponseLifeTests : ResponseLifeContract
{
    private readonly Stores _stores = Stores.InFile();

    protected override ValueTask<(IResponseStore Responses, IWebhookQueue Webhooks, IKeptSecrets Secrets)> OpenAsync() => new(_stores.Ports);

    protected override ValueTask CloseAsync() => _stores.DisposeAsync();
}

public sealed class MemoryResponseEventsTests : ResponseEventsContract
{
    private readonly Stores _stores = Stores.InMemory();

    protected override ValueTask<(IResponseStore Responses, IWebhookQueue Webhooks, IKeptSecrets Secrets)> OpenAsync() => new(_stores.Ports);

    protected override ValueTask CloseAsync() => _stores.DisposeAsync();
}

public sealed class FileResponseEventsTests : ResponseEventsContract
{
    private readonly Stores _stores = Stores.InFile();

    protected override ValueTask<(IResponseStore Responses, IWebhookQueue Webhooks, IKeptSecrets Secrets)> OpenAsync() => new(_stores.Ports);

    protected override ValueTask CloseAsync() => _stores.DisposeAsync();
}

public sealed class MemoryResponseChainTests : ResponseChainContract
{
    private readonly Stores _stores = Stores.InMemory();

    protected override ValueTask<(IResponseStore Responses, IWebhookQueue Webhooks, IKeptSecrets Secrets)> OpenAsync() => new(_stores.Ports);

    protected override ValueTask CloseAsync() => _stores.DisposeAsync();
}

public sealed class FileResponseChainTests : ResponseChainContract
{
    private readonly Stores _stores = Stores.InFile();

    protected override ValueTask<(IResponseStore Responses, IWebhookQueue Webhooks, IKeptSecrets Secrets)> OpenAsync() => new(_stores.Ports);

    protected override ValueTask CloseAsync() => _stores.DisposeAsync();
}

public sealed class MemoryKeptSecretsTests : KeptSecretsContract
{
    private readonly Stores _stores = Stores.InMemory();

    protected override ValueTask<(IResponseStore Responses, IWebhookQueue Webhooks, IKeptSecrets Secrets)> OpenAsync() => new(_stores.Ports);

    protected override ValueTask CloseAsync() => _stores.DisposeAsync();
}

public sealed class FileKeptSecretsTests : KeptSecretsContract
{
    private readonly Stores _stores = Stores.InFile();

    protected override ValueTask<(IResponseStore Responses, IWebhookQueue Webhooks, IKeptSecrets Secrets)> OpenAsync() => new(_stores.Ports);

    protected override ValueTask CloseAsync() => _stores.DisposeAsync();
}

public sealed class MemoryWebhookQueueTests : WebhookQueueContract
{
    private readonly Stores _stores = Stores.InMemory();

    protected override ValueTask<(IResponseStore Responses, IWebhookQueue Webhooks, IKeptSecrets Secrets)> OpenAsync() => new(_stores.Ports);

    protected override ValueTask CloseAsync() => _stores.DisposeAsync();
}

public sealed class FileWebhookQueueTests : WebhookQueueContract
{
    private readonly Stores _stores = Stores.InFile();

    protected override ValueTask<(IResponseStore Responses, IWebhookQueue Webhooks, IKeptSecrets Secrets)> OpenAsync() => new(_stores.Ports);

    protected override ValueTask CloseAsync() => _stores.DisposeAsync();
}
