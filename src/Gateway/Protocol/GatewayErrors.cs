namespace AiGateway.Protocol;

/// <summary>The errors that the gateway itself gives, in OpenAI's words (<c>spec/responses.md</c> §16).</summary>
public static class GatewayErrors
{
    /// <summary>The <c>type</c> of every error that the client can mend.</summary>
    public const string InvalidRequestType = "invalid_request_error";

    /// <summary>The <c>type</c> of every error that the client cannot mend.</summary>
    public const string ServerErrorType = "server_error";

    /// <summary>The <c>type</c> of every error that time mends.</summary>
    public const string RateLimitType = "rate_limit_error";

    /// <summary>The <c>code</c> of <see cref="NotCached"/>.</summary>
    public const string NotCachedCode = "not_cached";

    /// <summary>A 400 with a code and the parameter's path.</summary>
    /// <param name="message">What is wrong.</param>
    /// <param name="param">The parameter's path; null where the body as a whole is at fault.</param>
    /// <param name="code">OpenAI's code; null where it has none.</param>
    /// <returns>The error.</returns>
    public static GatewayError Invalid(string message, string? param = null, string? code = null) =>
        new(400, InvalidRequestType, code, message, param);

    /// <summary>400 <c>missing_required_parameter</c>.</summary>
    /// <param name="param">The parameter's path.</param>
    /// <returns>The error.</returns>
    public static GatewayError Missing(string param) =>
        Invalid($"Missing required parameter: '{param}'.", param, "missing_required_parameter");

    /// <summary>400 <c>invalid_type</c>.</summary>
    /// <param name="param">The parameter's path.</param>
    /// <param name="expected">What it should be, such as <c>a string</c>.</param>
    /// <param name="got">What it is, such as <c>a number</c>.</param>
    /// <returns>The error.</returns>
    public static GatewayError WrongType(string param, string expected, string got) =>
        Invalid($"Invalid type for '{param}': expected {expected}, but got {got} instead.", param, "invalid_type");

    /// <summary>400 <c>invalid_value</c>.</summary>
    /// <param name="param">The parameter's path.</param>
    /// <param name="message">What values are supported.</param>
    /// <returns>The error.</returns>
    public static GatewayError WrongValue(string param, string message) => Invalid(message, param, "invalid_value");

    /// <summary>400 <c>unsupported_parameter</c>: known to the API, but not possible with this model's provider or set-up.</summary>
    /// <param name="param">The parameter's path.</param>
    /// <param name="message">Why.</param>
    /// <returns>The error.</returns>
    public static GatewayError Unsupported(string param, string message) => Invalid(message, param, "unsupported_parameter");

    /// <summary>400 for a body that is not JSON, is too deep, or is not an object.</summary>
    /// <param name="message">What is wrong, with the position where known.</param>
    /// <returns>The error.</returns>
    public static GatewayError BadJson(string message) => Invalid(message, null, "invalid_json");

    /// <summary>404 <c>model_not_found</c>.</summary>
    /// <param name="model">The name that the client asked for.</param>
    /// <returns>The error.</returns>
    public static GatewayError ModelNotFound(string model) =>
        new(404, InvalidRequestType, "model_not_found", $"The model '{model}' does not exist or you do not have access to it.", "model");

    /// <summary>404 for a response that is not there, or not for this tenant.</summary>
    /// <param name="id">The id.</param>
    /// <returns>The error.</returns>
    public static GatewayError ResponseNotFound(string id) =>
        new(404, InvalidRequestType, null, $"Response with id '{id}' not found.");

    /// <summary>404 for a conversation that is not there, or not for this tenant.</summary>
    /// <param name="id">The id.</param>
    /// <param name="param">The parameter that named it; null where the path did.</param>
    /// <returns>The error.</returns>
    public static GatewayError ConversationNotFound(string id, string? param = null) =>
        new(404, InvalidRequestType, null, $"Conversation with id '{id}' not found.", param);

    /// <summary>404 for an item that its conversation does not have.</summary>
    /// <param name="id">The id.</param>
    /// <returns>The error.</returns>
    public static GatewayError ItemNotFound(string id) =>
        new(404, InvalidRequestType, null, $"Item with id '{id}' not found.");

    /// <summary>404 for a reference to an item that is kept nowhere, or not for this tenant.</summary>
    /// <param name="id">The id.</param>
    /// <param name="param">Where the reference stands.</param>
    /// <returns>The error.</returns>
    public static GatewayError ReferenceNotFound(string id, string param) => new(
        404,
        InvalidRequestType,
        null,
        $"Item with id '{id}' not found. Items are not persisted when `store` is set to false. Try again with `store` set to true, or remove this item from your input.",
        param);

    /// <summary>404 for a kept chat completion that is not there, or not for this tenant.</summary>
    /// <param name="id">The id.</param>
    /// <returns>The error.</returns>
    public static GatewayError CompletionNotFound(string id) =>
        new(404, InvalidRequestType, null, $"Chat completion with id '{id}' not found.");

    /// <summary>400 <c>previous_response_not_found</c>.</summary>
    /// <param name="id">The id.</param>
    /// <returns>The error.</returns>
    public static GatewayError PreviousResponseNotFound(string id) =>
        Invalid($"Previous response with id '{id}' not found.", "previous_response_id", "previous_response_not_found");

    /// <summary>401 <c>invalid_api_key</c>.</summary>
    /// <param name="message">What is wrong with the key; never the key itself.</param>
    /// <returns>The error.</returns>
    public static GatewayError Unauthorized(string message = "Incorrect API key provided.") =>
        new(401, InvalidRequestType, "invalid_api_key", message);

    /// <summary>429 for who came with too many wrong keys: no key is looked at until then.</summary>
    /// <param name="wait">How long that is.</param>
    /// <returns>The error.</returns>
    public static GatewayError TooManyAttempts(TimeSpan wait) =>
        new(429, RateLimitType, "too_many_failed_attempts", "Too many wrong API keys came from your address. Wait before you try again.") { RetryAfter = Seconds(wait) };

    /// <summary>Whole seconds that are not too few, as <c>Retry-After</c> has them.</summary>
    /// <param name="wait">How long to wait.</param>
    /// <returns>At least 1.</returns>
    internal static string Seconds(TimeSpan wait) =>
        Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>404 for a path that is no endpoint.</summary>
    /// <param name="method">The HTTP method.</param>
    /// <param name="path">The path.</param>
    /// <returns>The error.</returns>
    public static GatewayError UnknownUrl(string method, string path) =>
        new(404, InvalidRequestType, "unknown_url", $"Unknown request URL: {method} {path}.");

    /// <summary>405, with the methods that would do.</summary>
    /// <param name="method">The HTTP method.</param>
    /// <param name="path">The path.</param>
    /// <param name="allow">The methods that would do, as in the <c>Allow</c> header.</param>
    /// <returns>The error.</returns>
    public static GatewayError MethodNotAllowed(string method, string path, string allow) =>
        new(405, InvalidRequestType, "method_not_allowed", $"Not allowed to {method} on {path} (allowed: {allow}).") { Allow = allow };

    /// <summary>415.</summary>
    /// <param name="contentType">What was sent; null for none.</param>
    /// <returns>The error.</returns>
    public static GatewayError UnsupportedMediaType(string? contentType) =>
        new(415, InvalidRequestType, "unsupported_media_type", $"Unsupported content type: '{contentType}'. This API takes 'application/json'.");

    /// <summary>413.</summary>
    /// <param name="limitBytes">The limit in bytes.</param>
    /// <returns>The error.</returns>
    public static GatewayError TooLarge(long limitBytes) =>
        new(413, InvalidRequestType, "request_too_large", $"The request body is larger than the limit of {limitBytes} bytes.");

    /// <summary>503: what is to be kept cannot be kept now. Nothing acknowledged is lost; calls that keep nothing go on.</summary>
    /// <returns>The error.</returns>
    public static GatewayError StorageUnavailable() =>
        new(503, ServerErrorType, "storage_unavailable", "The gateway's storage is not available at the moment. Try again, or send the request with 'store' set to false.")
        {
            RetryAfter = "1",
        };

    /// <summary>503: too many background responses wait for their turn.</summary>
    /// <returns>The error.</returns>
    public static GatewayError QueueFull() =>
        new(503, ServerErrorType, "queue_full", "Too many background responses wait for their turn. Try again later.") { RetryAfter = "5" };

    /// <summary>503: every provider of the model failed of late, and none is to be called for a while.</summary>
    /// <param name="retryAfter">In how many seconds one may be.</param>
    /// <returns>The error.</returns>
    public static GatewayError ProviderUnavailable(string retryAfter) =>
        new(503, ServerErrorType, "provider_unavailable", "The model's provider is not available at the moment. Try again later.") { RetryAfter = retryAfter };

    /// <summary>504: the client wants what is in the cache or nothing (RFC 9111 §5.2.1.7), and it is not there. To try again is no use.</summary>
    /// <returns>The error.</returns>
    public static GatewayError NotCached() =>
        new(504, InvalidRequestType, NotCachedCode, "The answer is not in the cache, and 'Cache-Control: only-if-cached' lets no provider be asked.")
        {
            Headers = [new("x-should-retry", "false")],
        };

    /// <summary>500 without any detail: what happened is in the log, under the request id.</summary>
    /// <returns>The error.</returns>
    public static GatewayError Internal() =>
        new(500, ServerErrorType, "internal_error", "The gateway had an error while processing your request. The request id in x-request-id names it in the log.");
}
