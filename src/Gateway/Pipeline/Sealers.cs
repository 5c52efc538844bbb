using System.Security.Cryptography;
using AiGateway.Configuration;
using AiGateway.Engine;
using AiGateway.Responses.Sealing;

namespace AiGateway.Pipeline;

/// <summary>
/// Gives the sealer of the keys as they are now: those of <c>Gateway:Storage</c>, or, where none is configured, one that the gateway made and keeps, the same
/// on every node and after a restart.
/// </summary>
internal sealed class Sealers(GatewayConfiguration configuration, IKeptSecrets secrets)
{
    /// <summary>What the generated key is kept under.</summary>
    public const string SecretName = "sealing-key";

    private volatile Made? _made;

    /// <summary>The sealer. Once it was made, no storage is asked.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StorageUnavailableException">The generated key cannot be read now.</exception>
    public ValueTask<Sealer> GetAsync(CancellationToken cancellationToken)
    {
        var options = configuration.Current.Storage;
        return _made is { } made && made.IsOf(options) ? new(made.Sealer) : MakeAsync(options, cancellationToken);
    }

    private async ValueTask<Sealer> MakeAsync(StorageOptions options, CancellationToken cancellationToken)
    {
        var key = options.SealingKey is { } configured
            ? SealingKey.Parse(configured)!
            : await secrets.GetOrCreateAsync(SecretName, () => RandomNumberGenerator.GetBytes(SealingKey.Length), cancellationToken);
        var sealer = new Sealer(new SealingKey(key.Span), [.. options.PreviousSealingKeys.Select(previous => new SealingKey(SealingKey.Parse(previous)))]);
        _made = new Made(options, sealer);
        return sealer;
    }

    private sealed record Made(StorageOptions Options, Sealer Sealer)
    {
        public bool IsOf(StorageOptions options) => options.SealingKey == Options.SealingKey && options.PreviousSealingKeys.Equals(Options.PreviousSealingKeys);
    }
}
