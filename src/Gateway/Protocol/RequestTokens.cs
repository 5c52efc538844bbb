using System.Text.Json;

namespace AiGateway.Protocol;

/// <summary>
/// How many tokens a request may take, about, from its bytes alone and in one pass: what is reserved before the provider counts, and what is recorded where it
/// never did. Four bytes of text are a token, an item or message costs 4 besides, an image, sound or file 765 whatever its size.
/// </summary>
internal static class RequestTokens
{
    private const long PerObject = 4;
    private const long PerMedia = 765;
    private const int BytesPerToken = 4;

    // Longer than any sentence without a space: a file or picture in base64.
    private const int MediaBytes = 4096;

    /// <summary>The tokens of so many bytes of text.</summary>
    public static long OfText(long bytes) => (bytes + BytesPerToken - 1) / BytesPerToken;

    /// <summary>Estimates a request.</summary>
    /// <param name="body">UTF-8 JSON, checked; empty for none.</param>
    /// <returns>What the model reads, and the most that it may write, where the request says so (0 where not).</returns>
    public static (long Input, long MaxOutput) Of(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty)
            return default;
        var reader = new Utf8JsonReader(body, JsonFormat.ReaderOptions);
        long input = 0, output = 0, answers = 1;
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName when reader.CurrentDepth == 1:
                    if (reader.ValueTextEquals("max_tokens"u8) || reader.ValueTextEquals("max_completion_tokens"u8) || reader.ValueTextEquals("max_output_tokens"u8))
                        output = Math.Max(output, Number(ref reader));
                    else if (reader.ValueTextEquals("n"u8))
                        answers = Math.Clamp(Number(ref reader), 1, 128);
                    break;
                case JsonTokenType.StartObject when reader.CurrentDepth > 0:
                    input += PerObject;
                    break;
                case JsonTokenType.String:
                    input += OfString(reader.ValueSpan);
                    break;
            }
        }

        return (input, Math.Min(output, long.MaxValue / 1024) * answers);
    }

    private static long OfString(ReadOnlySpan<byte> value) =>
        value.StartsWith("data:"u8) || (value.Length >= MediaBytes && value.IndexOf((byte)' ') < 0) ? PerMedia : OfText(value.Length);

    private static long Number(ref Utf8JsonReader reader) =>
        reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number) && number > 0 ? number : 0;
}
