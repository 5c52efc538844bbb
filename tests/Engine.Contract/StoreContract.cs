using System.Text;

namespace AiGateway.Engine.Contract;

/// <summary>What every suite over an engine's storage needs: an engine's tests inherit the suites and say how to make the stores.</summary>
public abstract class StoreContract : IAsyncLifetime
{
    /// <summary>When everything was made, unless it is said otherwise.</summary>
    protected static readonly DateTimeOffset Created = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    protected IResponseStore Responses { get; private set; } = null!;

    protected IWebhookQueue Webhooks { get; private set; } = null!;

    protected IKeptSecrets Secrets { get; private set; } = null!;

    /// <summary>Makes empty stores, which belong together.</summary>
    protected abstract ValueTask<(IResponseStore Responses, IWebhookQueue Webhooks, IKeptSecrets Secrets)> OpenAsync();

    protected abstract ValueTask CloseAsync();

    public async Task InitializeAsync() => (Responses, Webhooks, Secrets) = await OpenAsync();

    public async Task DisposeAsync() => await CloseAsync();

    protected static StoredResponse Response(string id, string? tenant = null) => new()
    {
        Id = id,
        Tenant = tenant,
        Status = "in_progress",
        CreatedAt = Created,
        Body = Bytes($"body of {id}"),
        Input = Bytes($"input of {id}"),
    };

    protected static StoredResponse Background(string id, string? tenant = null) => Response(id, tenant) with
    {
        Status = "queued",
        Background = true,
        Stream = true,
        Run = new RunRequest { RequestId = "req_" + id, Body = Bytes("{}") },
    };

    protected static ResponseEnd Completed(EventPage events = default) =>
        new() { Status = "completed", Body = Bytes("the end"), Events = events };

    protected static EventPage Events(long first, params string[] data) =>
        new(first, data.Length, Bytes(string.Concat(data.Select(d => $"event: e\ndata: {d}\n\n"))));

    protected static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    protected static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);
}
