using System.Security.Cryptography;
using System.Text;
using AiGateway.Hooks;
using Microsoft.Extensions.Options;

namespace AiGateway.Samples.Hooks;

/// <summary>Lets in who has a key of the configuration, and says whose it is: nobody sees another tenant's responses.</summary>
internal sealed class KeyHook(IOptions<SampleOptions> options) : IAuthenticationHook
{
    private readonly (byte[] Hash, string Tenant)[] _keys = [.. options.Value.Keys.Select(k => (Hash(k.Key), k.Tenant))];

    public ValueTask<AuthenticationResult> AuthenticateAsync(GatewayCall call, CancellationToken cancellationToken)
    {
        // No key is no hook's opinion: the gateway answers 401 and says how a key is sent.
        if (call.ApiKey is not { } key)
            return new(AuthenticationResult.NoOpinion);

        // Hashes have one length, and every one is compared to its end: how long it takes tells nothing of any key.
        var presented = Hash(key);
        string? tenant = null;
        foreach (var (hash, owner) in _keys)
        {
            if (CryptographicOperations.FixedTimeEquals(hash, presented))
                tenant = owner;
        }

        return new(tenant is null ? AuthenticationResult.Deny() : AuthenticationResult.Allow(tenant));
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
