using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using AiGateway.Engine;
using AiGateway.Hooks;
using AiGateway.Pipeline.Background;
using AiGateway.Protocol;
using AiGateway.Responses;
using AiGateway.Translation.NativeResponses;

namespace AiGateway.Pipeline;

/// <summary>
/// Answers a repeated create, told by its <c>Idempotency-Key</c>, with the response that the first one made, also after a restart. One that comes while the
/// first is under way, at whichever process, waits for it; where the first came to nothing, it takes its place.
/// </summary>
internal sealed class IdempotentCreates(IResponseEngine engine, Exchange exchange, ResponseFollower follower, HookSet hooks, TimeProvider time, ICreateClaims? others = null)
{
    // How soon another process's call is looked for again.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private const string Header = "Idempotency-Key";
    private const int MaxLength = 255;

    private readonly ConcurrentDictionary<(string? Tenant, string Key), Claim> _claims = [];

    /// <summary>Claims a call's key.</summary>
    /// <param name="call">The call.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    /// <returns>The claim, to be disposed when the call ends; null where the call has no key.</returns>
    /// <exception cref="GatewayException">The key is no key (400), or stands for another request (409).</exception>
    public async ValueTask<Claim?> ClaimAsync(GatewayCall call, CancellationToken cancellationToken)
    {
        if (call.Headers[Header] is not { Length: > 0 } key)
            return null;
        if (key.Length > MaxLength)
            throw new GatewayException(GatewayErrors.Invalid($"The {Header} header is longer than {MaxLength} characters.", Header, "string_above_max_length"));
        var own = new IdempotencyKey(key, Convert.ToHexStringLower(SHA256.HashData(call.Request.Received.Span)));
        while (true)
        {
            var claim = new Claim(own, () => _claims.TryRemove((call.Tenant, key), out _));
            var first = _claims.GetOrAdd((call.Tenant, key), claim);
            if (first != claim)
            {
                Check(first.Key, own);
                await first.Ended.WaitAsync(cancellationToken);
                continue;
            }

            try
            {
                if (others is not null)
                    claim.Hold = await HoldAsync(call.Tenant, own, cancellationToken);
                claim.Existing = await FindAsync(call.Tenant, own, cancellationToken);
                return claim;
            }
            catch
            {
                claim.Dispose();
                throw;
            }
        }
    }

    // Until no other process's call has it.
    private async ValueTask<IAsyncDisposable> HoldAsync(string? tenant, IdempotencyKey own, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (hold, hash) = await others!.TryTakeAsync(tenant, own, cancellationToken);
            if (hold is not null)
                return hold;
            Check(own with { BodyHash = hash! }, own);
            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    // One that still runs, as where its process ended and it is not closed yet, has no answer for its like.
    private async ValueTask<StoredResponse?> FindAsync(string? tenant, IdempotencyKey own, CancellationToken cancellationToken)
    {
        while (true)
        {
            var existing = await engine.FindByIdempotencyKeyAsync(tenant, own.Key, cancellationToken);
            if (existing?.IdempotencyKey is { } known)
                Check(known, own);
            if (existing is not { Background: false, IsEnded: false })
                return existing;
            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    /// <summary>Answers with a response that was created before, as a stream where one is asked for.</summary>
    /// <param name="call">The call.</param>
    /// <param name="existing">The response.</param>
    /// <param name="output">Where the answer goes.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    public async ValueTask AnswerAsync(GatewayCall call, StoredResponse existing, CallOutput output, CancellationToken cancellationToken)
    {
        var now = await engine.FindAsync(call.Tenant, existing.Id, cancellationToken) ?? existing;
        if (!call.Request.Stream)
            await exchange.WriteAsync(call, now.Body, output, cancellationToken);
        else if (now is { Background: true, Stream: true })
            await follower.FollowAsync(call, now, after: -1, output, cancellationToken);
        else
            await ReplayAsync(call, now, output, cancellationToken);
    }

    // No events are kept of it: they are made again from what they led to, as of a provider that answers a stream's request whole.
    private async ValueTask ReplayAsync(GatewayCall call, StoredResponse response, CallOutput output, CancellationToken cancellationToken)
    {
        var writer = output.OpenEvents();
        using var events = new ResponseEventWriter(hooks, call, new ClientStream(writer), cancellationToken);
        var body = JsonNode.Parse(response.Body.Span, JsonFormat.NodeOptions, JsonFormat.DocumentOptions)!.AsObject();
        writer.Start();
        var begun = Responses.Running.BodyStates.InProgress(Responses.Running.BodyStates.Cancelled(response.Body));
        await ResponseLifeEvents.WriteAsync(events, "response.created", begun);
        await ResponseLifeEvents.WriteAsync(events, "response.in_progress", begun);
        foreach (var streamed in NativeReplay.ItemEvents(body))
            await NativeEvents.WriteAsync(events, streamed);
        if (response.IsEnded)
            await ResponseLifeEvents.WriteAsync(events, response.Status == ResponseStatus.Cancelled ? "response.failed" : "response." + response.Status, response.Body.Span);
        writer.WriteDone();
        await writer.FlushAsync(cancellationToken);
    }

    private static void Check(IdempotencyKey known, IdempotencyKey own)
    {
        if (!string.Equals(known.BodyHash, own.BodyHash, StringComparison.Ordinal))
        {
            throw new GatewayException(new GatewayError(
                409, GatewayErrors.InvalidRequestType, "idempotency_key_reused", $"The {Header} was used before with another request body.", Header));
        }
    }

    /// <summary>One call's hold of a key.</summary>
    internal sealed class Claim(IdempotencyKey key, Action release) : IDisposable
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IdempotencyKey Key => key;

        /// <summary>What was created under it before; null for nothing.</summary>
        public StoredResponse? Existing { get; set; }

        /// <summary>What keeps other processes' calls from it; null where there are none.</summary>
        public IAsyncDisposable? Hold { get; set; }

        /// <summary>Ends with the call.</summary>
        public Task Ended => _ended.Task;

        public void Dispose()
        {
            if (Hold is { } hold)
                _ = hold.DisposeAsync().AsTask();
            release();
            _ended.TrySetResult();
        }
    }
}
