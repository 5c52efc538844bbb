using System.Collections.Concurrent;
using System.Security.Cryptography;
using AiGateway.Configuration;
using AiGateway.Engine;
using AiGateway.Hooks;
using AiGateway.Protocol;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AiGateway.Tenants;

/// <summary>
/// Every tenant and key that the gateway knows, in memory: those of the configuration, and those that the admin API made, which are kept and, where others
/// change them too, asked for again twice a second. So a call waits for no storage, and what is revoked anywhere is refused everywhere within a second.
/// </summary>
internal sealed partial class AccessDirectory : BackgroundService
{
    private const string Key = "key";
    private const string Tenant = "tenant";
    private const string SecretName = "key-hashing";
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly GatewayConfiguration _configuration;
    private readonly IDirectoryStore _store;
    private readonly IKeptSecrets _secrets;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<string, (KeyRecord Record, KnownKey Known, long Revision)> _keys = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (TenantRecord Record, TenantOptions Options, long Revision)> _tenants = new(StringComparer.Ordinal);
    private readonly SeenKeys _seen = new();
    private readonly IDisposable _listening;
    private readonly Lock _gate = new();
    private volatile ConfiguredKeys _configured;
    private volatile Dictionary<string, TenantOptions> _configuredTenants;
    private volatile byte[] _secret = [];
    private long _revision;

    public AccessDirectory(GatewayConfiguration configuration, IDirectoryStore store, IKeptSecrets secrets, TimeProvider time, ILogger<AccessDirectory> logger)
    {
        (_configuration, _store, _secrets, _time, _logger) = (configuration, store, secrets, time, logger);
        _listening = configuration.OnChange(Take);
        (_configuredTenants, _configured) = Read(configuration.Current);
    }

    /// <summary>Whether callers have to come with a key: there is one, or somebody could make one.</summary>
    public bool HasKeys => _configured.Count > 0 || !_keys.IsEmpty || _configuration.Current.Admin.Key is not null;

    /// <summary>The keys that the admin API made.</summary>
    public IEnumerable<KeyRecord> Keys => _keys.Values.Select(key => key.Record);

    /// <summary>The keys of the configuration.</summary>
    public IEnumerable<KnownKey> ConfiguredKeys => _configured.All;

    /// <summary>The tenants of the configuration.</summary>
    public IEnumerable<TenantOptions> ConfiguredTenants => _configuredTenants.Values;

    /// <summary>The tenants that the admin API made.</summary>
    public IEnumerable<TenantRecord> Tenants => _tenants.Values.Select(tenant => tenant.Record);

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await ReadAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <summary>Finds the key that a caller sent.</summary>
    /// <param name="call">The call.</param>
    /// <returns>The key, good or not; null where there is none.</returns>
    public KnownKey? FindKeyOf(GatewayCall call)
    {
        if (call.KeyHeader(out _) is not { } header)
            return null;

        // One that was changed since is another object.
        if (_seen.Find(header) is { } seen && ReferenceEquals(ById(seen.Access.KeyId!), seen))
            return seen;
        var found = Find(call.ApiKey!, out var isPrevious);

        // The key before a rotation ends by the clock: it is looked at each time.
        if (found is not null && !isPrevious)
            _seen.Note(header, found);
        return found;
    }

    private KnownKey? Find(string key, out bool isPrevious)
    {
        isPrevious = false;
        if (!ApiKey.TryGetId(key, out var id) || !_keys.TryGetValue(id, out var entry))
            return _configured.Find(key);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        ApiKey.Hash(_secret, key, hash);
        var isThis = CryptographicOperations.FixedTimeEquals(hash, entry.Known.Hash);
        isPrevious = entry.Known.Previous is { } previous
            && CryptographicOperations.FixedTimeEquals(hash, previous.Hash) & previous.Until > _time.GetUtcNow();
        return isThis || isPrevious ? entry.Known : null;
    }

    /// <summary>Finds a key by its id, whoever made it.</summary>
    public KnownKey? ById(string id) => _keys.TryGetValue(id, out var entry) ? entry.Known : _configured.ById(id);

    /// <summary>What all keys of a tenant are bound to.</summary>
    /// <param name="name">The tenant; null for the one that is there without keys.</param>
    /// <returns>Null where it is bound to nothing.</returns>
    public TenantOptions? TenantOf(string? name)
    {
        if (name is null)
            return null;
        if (_configuredTenants.TryGetValue(name, out var configured))
            return configured;
        return _tenants.TryGetValue(name, out var kept) ? kept.Options : null;
    }

    /// <summary>The hash by which a key is kept.</summary>
    public async ValueTask<byte[]> HashAsync(string key, CancellationToken cancellationToken)
    {
        await LearnSecretAsync(cancellationToken);
        var hash = new byte[SHA256.HashSizeInBytes];
        ApiKey.Hash(_secret, key, hash);
        return hash;
    }

    /// <summary>A key that the admin API made.</summary>
    public KeyRecord? FindKey(string id) => _keys.TryGetValue(id, out var entry) ? entry.Record : null;

    /// <summary>A tenant that the admin API made.</summary>
    public TenantRecord? FindTenant(string name) => _tenants.TryGetValue(name, out var entry) ? entry.Record : null;

    /// <summary>Keeps a new key.</summary>
    /// <returns>False where its id is taken.</returns>
    public async ValueTask<bool> AddAsync(KeyRecord key, CancellationToken cancellationToken)
    {
        if (await _store.PutAsync(new DirectoryEntry(Key, key.Id, 0, key.ToUtf8()), cancellationToken) is not { } revision)
            return false;
        Put(key, revision);
        return true;
    }

    /// <summary>Changes a key.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="change">From what it is to what it is to be.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The key; null where there is none.</returns>
    public async ValueTask<KeyRecord?> ChangeAsync(string id, Func<KeyRecord, KeyRecord> change, CancellationToken cancellationToken)
    {
        while (_keys.TryGetValue(id, out var entry))
        {
            var changed = change(entry.Record);
            if (await _store.PutAsync(new DirectoryEntry(Key, id, entry.Revision, changed.ToUtf8()), cancellationToken) is { } revision)
            {
                Put(changed, revision);
                return changed;
            }

            await ReadAsync(cancellationToken);
        }

        return null;
    }

    /// <summary>Keeps a tenant, in place of the one of the same name.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="isNew">Whether there must not be one yet.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False where there is one already, or none yet.</returns>
    public async ValueTask<bool> PutAsync(TenantRecord tenant, bool isNew, CancellationToken cancellationToken)
    {
        while (true)
        {
            var known = _tenants.TryGetValue(tenant.Name, out var entry) ? entry.Revision : 0;
            if (isNew != (known == 0))
                return false;
            if (await _store.PutAsync(new DirectoryEntry(Tenant, tenant.Name, known, tenant.ToUtf8()), cancellationToken) is { } revision)
            {
                Put(tenant, revision);
                return true;
            }

            await ReadAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _listening.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!_store.IsShared)
            return;
        var isTold = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Interval, _time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                await ReadAsync(stoppingToken);
                isTold = false;
            }
            catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                if (!isTold)
                    LogNotRead(e);
                isTold = true;
            }
        }
    }

    private void Take(GatewayOptions options) => (_configuredTenants, _configured) = Read(options);

    private static (Dictionary<string, TenantOptions> Tenants, ConfiguredKeys Keys) Read(GatewayOptions options) =>
        (options.Tenants.ToDictionary(tenant => tenant.Name, StringComparer.Ordinal), new ConfiguredKeys(options.Keys));

    private async ValueTask ReadAsync(CancellationToken cancellationToken)
    {
        var entries = await _store.ReadAsync(Interlocked.Read(ref _revision), cancellationToken);
        if (entries.Count > 0)
            await LearnSecretAsync(cancellationToken);
        foreach (var entry in entries)
        {
            if (entry.Kind == Key)
                Put(KeyRecord.Read(entry.Body), entry.Revision);
            else if (entry.Kind == Tenant)
                Put(TenantRecord.Read(entry.Body), entry.Revision);
        }

        // Own changes are not noted here: another's may have come between, and they are read again without harm.
        if (entries.Count > 0)
            Interlocked.Exchange(ref _revision, entries[^1].Revision);
    }

    private async ValueTask LearnSecretAsync(CancellationToken cancellationToken)
    {
        if (_secret.Length == 0)
            _secret = (await _secrets.GetOrCreateAsync(SecretName, () => RandomNumberGenerator.GetBytes(32), cancellationToken)).ToArray();
    }

    // Whatever is read in whichever order: the newest stays.
    private void Put(KeyRecord key, long revision)
    {
        lock (_gate)
        {
            if (!_keys.TryGetValue(key.Id, out var entry) || entry.Revision < revision)
                _keys[key.Id] = (key, KnownKey.Of(key), revision);
        }
    }

    private void Put(TenantRecord tenant, long revision)
    {
        lock (_gate)
        {
            if (!_tenants.TryGetValue(tenant.Name, out var entry) || entry.Revision < revision)
                _tenants[tenant.Name] = (tenant, tenant.ToOptions(), revision);
        }
    }

    [LoggerMessage(5001, LogLevel.Error, "Tenants and keys could not be read again; those known go on.")]
    private partial void LogNotRead(Exception exception);
}
