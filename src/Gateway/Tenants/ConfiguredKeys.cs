using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using AiGateway.Configuration;
using AiGateway.Hooks;
using AiGateway.Protocol;

namespace AiGateway.Tenants;

/// <summary>The keys of the configuration, by their hash: one immutable snapshot.</summary>
internal sealed class ConfiguredKeys
{
    private readonly Dictionary<UInt128, KnownKey> _keys = [];
    private readonly Dictionary<string, KnownKey> _byId = new(StringComparer.Ordinal);

    public ConfiguredKeys(IReadOnlyList<KeyOptions> keys)
    {
        foreach (var key in keys)
        {
            var hash = Convert.FromHexString(AccessValidator.Digest(key));
            var known = new KnownKey(
                hash,
                new CallerAccess(key.Tenant, key.Id) { Models = ModelNames.Of(key.Models), Limits = key.Limits.Any ? key.Limits : null, Budgets = key.Budgets })
            {
                ExpiresAt = key.ExpiresAt is { } text && AccessValidator.TryTime(text, out var time) ? time : null,
                Disabled = key.Disabled,
                ModelNames = key.Models,
            };
            _keys[Beginning(hash)] = known;
            _byId[key.Id] = known;
        }
    }

    public int Count => _keys.Count;

    /// <summary>Finds a key by what a caller sent.</summary>
    public KnownKey? Find(string key)
    {
        if (_keys.Count == 0)
            return null;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> utf8 = stackalloc byte[256];
        SHA256.HashData(Encoding.UTF8.TryGetBytes(key, utf8, out var length) ? utf8[..length] : Encoding.UTF8.GetBytes(key), hash);

        // What is found by a part of the hash is compared as a whole, in a time that tells nothing.
        return _keys.TryGetValue(Beginning(hash), out var known) && CryptographicOperations.FixedTimeEquals(hash, known.Hash) ? known : null;
    }

    /// <summary>All of them.</summary>
    public IEnumerable<KnownKey> All => _byId.Values;

    /// <summary>Finds a key by its id.</summary>
    public KnownKey? ById(string id) => _byId.GetValueOrDefault(id);

    private static UInt128 Beginning(ReadOnlySpan<byte> hash) => BinaryPrimitives.ReadUInt128LittleEndian(hash);
}
