using System.Text.Json;
using AiGateway.Protocol;

namespace AiGateway.Providers.Errors;

/// <summary>What a provider says went wrong, as the client may hear it: its own status, type, code and words, without secrets and addresses.</summary>
internal static class ProviderErrors
{
    private const int MostBytes = 64 * 1024;
    private const int MostCharacters = 4000;

    /// <summary>The error that an answer with another status than 2xx means. Reads the body's beginning; the answer stays the caller's to dispose.</summary>
    /// <param name="answer">The answer, its body unread.</param>
    /// <param name="provider">Whose answer it is: its secrets are taken out.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <returns>The error. A status that is none of an error (a redirect, say) becomes 502.</returns>
    public static async ValueTask<GatewayError> FromAnswerAsync(ProviderAnswer answer, ProviderOptions provider, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> body;
        try
        {
            body = await BodyReading.HeadAsync(answer.Body, MostBytes, cancellationToken);
        }
        catch (ProviderException)
        {
            // The status says what went wrong; that its explanation did not arrive adds nothing.
            body = default;
        }

        var isError = answer.Status is >= 400 and <= 599;
        var error = Build(
            isError ? answer.Status : 502,
            isError ? ErrorFields.Read(body.Span, answer.ContentType) : default,
            $"The model's provider answered with status {answer.Status}.",
            provider);
        return error with { RetryAfter = answer.RetryAfter, Headers = answer.Headers };
    }

    /// <summary>The error that an event in mid-stream is, such as <c>data: {"error":{…}}</c>.</summary>
    /// <param name="data">The event's data.</param>
    /// <param name="provider">Whose event it is: its secrets are taken out.</param>
    /// <returns>The error; null where the event is none.</returns>
    public static GatewayError? FromEvent(ReadOnlySpan<byte> data, ProviderOptions provider)
    {
        // Most events are no errors, and are not to be parsed here to find that out.
        if (data.IndexOf("\"error\""u8) < 0)
            return null;
        try
        {
            var reader = new Utf8JsonReader(data, JsonFormat.ReaderOptions);
            using var document = JsonDocument.ParseValue(ref reader);
            if (!ErrorFields.IsError(document.RootElement))
                return null;
            return FromFields(ErrorFields.Read(document.RootElement), provider);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The error that was reported inside an answer with a good status, by its fields.</summary>
    /// <param name="fields">The fields.</param>
    /// <param name="provider">Whose error it is: its secrets are taken out.</param>
    public static GatewayError FromFields(in ErrorFields fields, ProviderOptions provider) =>
        Build(fields.Status ?? StatusFor(fields.Type) ?? StatusFor(fields.Code) ?? 500, fields, "The model's provider reported an error.", provider);

    /// <summary>Takes a provider's secrets and addresses out of an error that was read elsewhere.</summary>
    /// <param name="error">The error, in the provider's words.</param>
    /// <param name="provider">Whose error it is.</param>
    /// <returns>The error for the client.</returns>
    public static GatewayError Redact(GatewayError error, ProviderOptions provider)
    {
        var redactor = new Redactor(provider);
        return error with
        {
            Type = redactor.Redact(error.Type),
            Code = redactor.Redact(error.Code),
            Message = redactor.Redact(error.Message),
            Param = redactor.Redact(error.Param),
        };
    }

    /// <summary>The status that an error would have had, by a name that OpenAI, Azure and those who speak like them have for it.</summary>
    /// <param name="name">Its type or its code.</param>
    /// <returns>The status; null for a name that is not known.</returns>
    public static int? StatusFor(string? name) => name switch
    {
        "rate_limit_error" or "rate_limit_exceeded" or "too_many_requests" or "tokens" or "requests" or "insufficient_quota" => 429,
        "overloaded_error" or "overloaded" or "server_is_overloaded" or "engine_overloaded" or "slow_down" or "service_unavailable" => 503,
        GatewayErrors.InvalidRequestType or "invalid_prompt" or "context_length_exceeded" or "content_filter" or "content_policy_violation"
            or "data_residency_mismatch" or "bio_policy" => 400,
        "authentication_error" => 401,
        not null when name.StartsWith("invalid_", StringComparison.Ordinal) || name.Contains("image_", StringComparison.Ordinal) => 400,
        _ => null,
    };

    private static GatewayError Build(int status, ErrorFields fields, string otherwise, ProviderOptions provider)
    {
        var redactor = new Redactor(provider);
        var message = string.IsNullOrWhiteSpace(fields.Message) ? otherwise : fields.Message.Trim();
        // Secrets are taken out before the text is cut to size: half a key is still a secret.
        message = redactor.Redact(message.Length > 4 * MostCharacters ? message[..(4 * MostCharacters)] : message);
        if (message.Length > MostCharacters)
            message = message[..MostCharacters] + "…";
        return new GatewayError(
            status,
            redactor.Redact(fields.Type) ?? TypeFor(status),
            redactor.Redact(fields.Code),
            message,
            redactor.Redact(fields.Param));
    }

    private static string TypeFor(int status) => status switch
    {
        429 => "rate_limit_error",
        >= 500 => GatewayErrors.ServerErrorType,
        _ => GatewayErrors.InvalidRequestType,
    };
}
