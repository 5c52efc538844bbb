using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AiGateway.Webhooks;

/// <summary>The signature of a delivery, by which its receiver knows who sent it, and when: that of Standard Webhooks, which OpenAI's clients check.</summary>
internal static class WebhookSignature
{
    /// <summary>Signs a delivery.</summary>
    /// <param name="key">The endpoint's key.</param>
    /// <param name="id">The event's id, as in <c>webhook-id</c>.</param>
    /// <param name="timestamp">The attempt's time in seconds since 1970, as in <c>webhook-timestamp</c>: receivers refuse one that is minutes old.</param>
    /// <param name="body">The body.</param>
    /// <returns>The value of <c>webhook-signature</c>.</returns>
    public static string Of(byte[] key, string id, long timestamp, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{timestamp}.")));
        hash.AppendData(body);
        return "v1," + Convert.ToBase64String(hash.GetHashAndReset());
    }
}
