using System.Runtime.CompilerServices;

namespace AiGateway.Tenants;

/// <summary>
/// Keys that were found in header values which are still in memory. A connection's next request comes with the same object, since the server makes no second
/// one of the same bytes: its key need not be hashed again. Goes by the object alone: no text is copied, compared or held.
/// </summary>
internal sealed class SeenKeys
{
    private readonly ConditionalWeakTable<string, KnownKey> _seen = [];

    /// <summary>The key that was found in a header's value; null where that is not known. It may have been changed since.</summary>
    public KnownKey? Find(string header) => _seen.TryGetValue(header, out var key) ? key : null;

    /// <summary>Notes what was found in a header's value.</summary>
    public void Note(string header, KnownKey key) => _seen.AddOrUpdate(header, key);
}
