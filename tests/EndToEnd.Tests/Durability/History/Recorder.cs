using System.Collections.Concurrent;

namespace AiGateway.EndToEnd.Tests.Durability.History;

/// <summary>Notes what every client was told.</summary>
internal sealed class Recorder
{
    private readonly ConcurrentDictionary<string, ToldResponse> _responses = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ConcurrentBag<string>> _idsOfKeys = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<string> _surprises = [];
    private int _events;

    /// <summary>The responses that anybody was told of.</summary>
    public IReadOnlyCollection<ToldResponse> Responses => [.. _responses.Values];

    /// <summary>The ids that were answered under each idempotency key.</summary>
    public IReadOnlyDictionary<string, string[]> IdsOfKeys => _idsOfKeys.ToDictionary(pair => pair.Key, pair => pair.Value.ToArray(), StringComparer.Ordinal);

    /// <summary>Answers that should not be, whatever happened.</summary>
    public IReadOnlyCollection<string> Surprises => _surprises;

    /// <summary>How many events were told so far.</summary>
    public int Events => Volatile.Read(ref _events);

    /// <summary>A response that a client was told of.</summary>
    public ToldResponse Told(string id, string name, CallKind kind) => _responses.GetOrAdd(id, new ToldResponse(id, name, kind));

    public void Key(string key, string id) => _idsOfKeys.GetOrAdd(key, _ => []).Add(id);

    public void Surprise(string what) => _surprises.Add(what);

    public void Event() => Interlocked.Increment(ref _events);
}
