using System.Security.Cryptography;

namespace AiGateway.Responses;

/// <summary>
/// Padding for delta events, so that whoever watches an encrypted stream learns less of the text from the sizes of its events
/// (<c>spec/responses.md</c> §10.3): delta and padding together are a multiple of 16 characters. Only the length matters, not the characters.
/// </summary>
internal static class Obfuscation
{
    private const int Block = 16;
    private static readonly string Noise = RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 4096);

    /// <summary>The padding for a delta.</summary>
    /// <param name="deltaLength">The delta's length in characters.</param>
    /// <returns>1 to 16 characters.</returns>
    public static ReadOnlySpan<char> For(int deltaLength)
    {
        var length = Block - (deltaLength % Block);
        return Noise.AsSpan(Random.Shared.Next(Noise.Length - Block), length);
    }
}
