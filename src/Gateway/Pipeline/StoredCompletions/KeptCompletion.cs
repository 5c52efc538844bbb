using System.Text.Json;
using AiGateway.Engine;
using AiGateway.Hooks;
using AiGateway.Protocol;
using AiGateway.Providers;
using AiGateway.Translation.ChunksToCompletion;

namespace AiGateway.Pipeline.StoredCompletions;

/// <summary>A chat completion on its way to being kept, as its client gets it: what hooks changed is changed, what they dropped is not in it.</summary>
internal sealed class KeptCompletion(GatewayCall call, JsonDocument request, ReadOnlyMemory<byte> metadata, ICompletionStore store, TimeProvider time) : IDisposable
{
    private const int MaxIdLength = 128;

    private CompletionAssembler? _chunks;
    private long _chunkBytes;

    /// <summary>Its id: providers' own need not be unique.</summary>
    public string Id { get; } = Ids.New(Ids.ChatCompletion, time);

    /// <summary>Adds a chunk that the client gets.</summary>
    /// <param name="chunk">UTF-8 JSON; not needed afterwards.</param>
    /// <exception cref="ProviderException">It is no JSON, or all are more than a whole answer may be.</exception>
    public void Add(ReadOnlyMemory<byte> chunk)
    {
        _chunkBytes += chunk.Length;
        if (_chunkBytes > Exchange.MaxAnswerBytes)
            throw new ProviderException(ProviderFailure.TooLarge);
        try
        {
            (_chunks ??= new CompletionAssembler()).Add(chunk);
        }
        catch (JsonException e)
        {
            throw new ProviderException(ProviderFailure.InvalidAnswer, e);
        }
    }

    /// <summary>Keeps what was added. To be called before the client sees that it has all.</summary>
    /// <param name="hiddenUsage">The usage that the client did not ask for: a UTF-8 JSON object; empty for none.</param>
    /// <exception cref="StorageUnavailableException">It could not be kept.</exception>
    public ValueTask KeepChunksAsync(ReadOnlyMemory<byte> hiddenUsage)
    {
        var chunks = _chunks ?? new CompletionAssembler();
        chunks.AddHiddenUsage(hiddenUsage);
        return KeepAsync(chunks.ToCompletion());
    }

    /// <summary>Keeps a whole completion. To be called before the client sees it.</summary>
    /// <param name="completion">UTF-8 JSON. What is no completion, as a hook may answer in its place, is not kept.</param>
    /// <exception cref="StorageUnavailableException">It could not be kept.</exception>
    public async ValueTask KeepAsync(ReadOnlyMemory<byte> completion)
    {
        using var document = JsonDocument.Parse(completion, JsonFormat.DocumentOptions);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("choices"u8, out var choices) || choices.ValueKind != JsonValueKind.Array)
            return;

        // A hook may have put another id there: it is the one that the client knows.
        var id = root.TryGetProperty("id"u8, out var shown) && shown.ValueKind == JsonValueKind.String && shown.GetString() is { Length: > 0 and <= MaxIdLength } text ? text : Id;
        var now = time.GetUtcNow();
        var model = ModelName.ForClient(call);
        await store.SaveAsync(new StoredCompletion
        {
            Id = id,
            Tenant = call.Tenant,
            CreatedAt = now,
            Model = model,
            Metadata = metadata,
            Body = CompletionResource.ToStored(root, id, model, now, request.RootElement, call.Id),
            Messages = Messages(),
        });
    }

    public void Dispose() => request.Dispose();

    private ReadOnlyMemory<byte> Messages() => JsonBytes.Of(json =>
    {
        json.WriteStartArray();
        if (request.RootElement.TryGetProperty("messages"u8, out var messages) && messages.ValueKind == JsonValueKind.Array)
        {
            foreach (var message in messages.EnumerateArray())
            {
                if (message.ValueKind == JsonValueKind.Object)
                    message.WriteTo(json);
            }
        }

        json.WriteEndArray();
    });
}
