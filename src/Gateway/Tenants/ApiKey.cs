using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace AiGateway.Tenants;

/// <summary>The gateway's own keys: <c>aigw-</c>, the key's id, a hyphen, and 256 random bits in base64url.</summary>
internal static class ApiKey
{
    /// <summary>What a key begins with.</summary>
    public const string Prefix = "aigw-";

    private const string IdAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
    private const int IdLength = 12;
    private const int SecretBytes = 32;
    private const int SecretLength = 43;

    /// <summary>A new id.</summary>
    public static string NewId() => RandomNumberGenerator.GetString(IdAlphabet, IdLength);

    /// <summary>A new key of an id.</summary>
    public static string New(string id) => $"{Prefix}{id}-{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes))}";

    /// <summary>The id in a key of this form.</summary>
    /// <returns>False where it is of another form.</returns>
    public static bool TryGetId(string key, out string id)
    {
        var isOurs = key.Length == Prefix.Length + IdLength + 1 + SecretLength && key.StartsWith(Prefix, StringComparison.Ordinal) && key[Prefix.Length + IdLength] == '-';
        id = isOurs ? key.Substring(Prefix.Length, IdLength) : "";
        return isOurs;
    }

    /// <summary>The keyed hash by which a key is kept: nobody who has the storage without the secret can try keys against it.</summary>
    /// <param name="secret">The secret.</param>
    /// <param name="key">The key.</param>
    /// <param name="hash">32 bytes.</param>
    public static void Hash(ReadOnlySpan<byte> secret, string key, Span<byte> hash)
    {
        Span<byte> utf8 = stackalloc byte[128];
        HMACSHA256.HashData(secret, Encoding.UTF8.TryGetBytes(key, utf8, out var length) ? utf8[..length] : Encoding.UTF8.GetBytes(key), hash);
    }
}
