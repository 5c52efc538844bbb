using AiGateway.Protocol;

namespace AiGateway.Responses;

/// <summary>
/// The <c>code</c> of a failed response's <c>error</c>: a closed set in the OpenAI API (<c>spec/responses.md</c> §16), unlike that of an HTTP error.
/// </summary>
internal static class ResponseErrorCode
{
    /// <summary>What a response says of an error.</summary>
    /// <param name="error">The error.</param>
    /// <returns>A code of the set.</returns>
    public static string For(GatewayError error) => error.Code switch
    {
        "rate_limit_exceeded" or "invalid_prompt" or "data_residency_mismatch" or "bio_policy" or "vector_store_timeout"
            or "invalid_image" or "invalid_image_format" or "invalid_base64_image" or "invalid_image_url"
            or "image_too_large" or "image_too_small" or "image_parse_error" or "image_content_policy_violation"
            or "invalid_image_mode" or "image_file_too_large" or "unsupported_image_media_type" or "empty_image_file"
            or "failed_to_download_image" or "image_file_not_found" => error.Code,
        _ => error.Status switch
        {
            429 => "rate_limit_exceeded",
            400 or 422 => "invalid_prompt",
            _ => "server_error",
        },
    };
}
