using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using AiGateway.Protocol;

namespace AiGateway.Responses.Sealing;

/// <summary>
/// Seals what clients keep for the gateway (<c>encrypted_content</c>) so that they can neither read nor change it: AES-256-GCM with a random nonce. A sealed
/// text is <see cref="Prefix"/> and then, as base64url: the key's id (4 bytes), the nonce (12), the cipher text and its tag (16). Prefix, key id, purpose and
/// tenant are authenticated too, so that another tenant's text does not open, nor one that was sealed for something else.
/// </summary>
/// <param name="key">The key that seals.</param>
/// <param name="previous">Keys that only open: those that <paramref name="key"/> took the place of.</param>
internal sealed class Sealer(SealingKey key, IReadOnlyList<SealingKey> previous)
{
    /// <summary>What our sealed texts begin with: ours, version 1. The dot is in no base64, so that no provider's own text begins so.</summary>
    public const string Prefix = "aigw1.";

    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int HeadLength = SealingKey.IdLength + NonceLength;

    /// <summary>Whether a text claims to be sealed by a gateway of this kind.</summary>
    public static bool IsOurs(string text) => text.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Seals a payload.</summary>
    /// <param name="payload">What to seal; at most <see cref="SealedPayload.MaxBytes"/>.</param>
    /// <param name="purpose">What for.</param>
    /// <param name="tenant">Whose; null for the one tenant that is there without keys.</param>
    /// <returns>The sealed text; another each time.</returns>
    public string Seal(ReadOnlySpan<byte> payload, SealPurpose purpose, string? tenant)
    {
        var plain = SealedPayload.Pack(payload);
        var blob = new byte[HeadLength + plain.Length + TagLength];
        key.Id.CopyTo(blob);
        var nonce = blob.AsSpan(SealingKey.IdLength, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using (var cipher = key.Cipher(TagLength))
            cipher.Encrypt(nonce, plain, blob.AsSpan(HeadLength, plain.Length), blob.AsSpan(HeadLength + plain.Length), Associated(purpose, tenant));
        CryptographicOperations.ZeroMemory(plain);
        return string.Concat(Prefix, Base64Url.EncodeToString(blob));
    }

    /// <summary>Opens a sealed text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="purpose">What it must have been sealed for.</param>
    /// <param name="tenant">Whose it must be; null for the one tenant that is there without keys.</param>
    /// <param name="item">The id of the item that it came in; null where it has none.</param>
    /// <param name="param">Where it stands in the request, for the error.</param>
    /// <returns>What was sealed.</returns>
    /// <exception cref="GatewayException">400 <c>invalid_encrypted_content</c>: it is not ours, was changed, or is another tenant's or another purpose's. Which of these, is not said.</exception>
    public byte[] Open(string text, SealPurpose purpose, string? tenant, string? item, string? param) =>
        TryOpen(text, purpose, tenant) ?? throw new GatewayException(Unverified(purpose, item, param));

    /// <inheritdoc cref="Open"/>
    /// <returns>What was sealed; null where it does not open.</returns>
    public byte[]? TryOpen(string text, SealPurpose purpose, string? tenant)
    {
        if (!IsOurs(text) || Decode(text.AsSpan(Prefix.Length)) is not { Length: >= HeadLength + TagLength } blob)
            return null;
        var plain = new byte[blob.Length - HeadLength - TagLength];
        var associated = Associated(purpose, tenant);
        return Decrypts(key, blob, plain, associated) || previous.Any(older => Decrypts(older, blob, plain, associated))
            ? SealedPayload.Unpack(plain)
            : null;
    }

    /// <summary>400 <c>invalid_encrypted_content</c>, in OpenAI's words.</summary>
    /// <param name="purpose">What it was to be for.</param>
    /// <param name="item">The item's id; null where it has none.</param>
    /// <param name="param">Where it stands in the request.</param>
    public static GatewayError Unverified(SealPurpose purpose, string? item, string? param) => GatewayErrors.Invalid(
        $"The encrypted content for item {item ?? $"of type '{(purpose == SealPurpose.Compaction ? "compaction" : "reasoning")}'"} could not be verified. Reason: Encrypted content could not be decrypted or parsed.",
        param,
        "invalid_encrypted_content");

    private static bool Decrypts(SealingKey key, byte[] blob, byte[] plain, byte[] associated)
    {
        if (!blob.AsSpan().StartsWith(key.Id))
            return false;
        try
        {
            using var cipher = key.Cipher(TagLength);
            cipher.Decrypt(
                blob.AsSpan(SealingKey.IdLength, NonceLength), blob.AsSpan(HeadLength, plain.Length), blob.AsSpan(HeadLength + plain.Length), plain, associated);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    /// <summary>Decodes strictly: one blob has one text, so that no changed text opens.</summary>
    private static byte[]? Decode(ReadOnlySpan<char> text)
    {
        var blob = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        if (Base64Url.DecodeFromChars(text, blob, out var read, out var written) != OperationStatus.Done || read != text.Length
            || Base64Url.GetEncodedLength(written) != text.Length)
        {
            return null;
        }

        // The last character can have bits to spare, which decoding passes over.
        var tail = written - (written % 3);
        return text[^(text.Length - (tail / 3 * 4))..].SequenceEqual(Base64Url.EncodeToString(blob.AsSpan(tail, written - tail))) ? blob[..written] : null;
    }

    private static byte[] Associated(SealPurpose purpose, string? tenant)
    {
        var length = tenant is null ? 0 : Encoding.UTF8.GetByteCount(tenant);
        var associated = new byte[Prefix.Length + 2 + length];
        Encoding.ASCII.GetBytes(Prefix, associated);
        associated[Prefix.Length] = (byte)purpose;

        // The tenant without a name is not the one whose name is empty.
        associated[Prefix.Length + 1] = tenant is null ? (byte)0 : (byte)1;
        if (tenant is not null)
            Encoding.UTF8.GetBytes(tenant, associated.AsSpan(Prefix.Length + 2));
        return associated;
    }
}
