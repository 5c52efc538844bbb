using System.Text.Json.Nodes;

namespace AiGateway.Upstream;

/// <summary>Errors as providers answer them.</summary>
public static class Errors
{
    /// <summary>OpenAI's body: <c>{"error":{message,type,param,code}}</c>.</summary>
    public static Script OpenAi(int status, string type, string? code, string message, string? param = null) =>
        Script.Json(Body(type, code, message, param), status).Header("x-request-id", "req_upstream");

    /// <summary>429 <c>rate_limit_exceeded</c>, with <c>Retry-After</c> in seconds.</summary>
    public static Script RateLimited(int retryAfter) =>
        OpenAi(429, "rate_limit_error", "rate_limit_exceeded", "Rate limit reached for requests.").RetryAfter(retryAfter);

    public static Script InvalidKey(string shownKey = "sk-up***eam") =>
        OpenAi(401, "invalid_request_error", "invalid_api_key", $"Incorrect API key provided: {shownKey}.");

    public static Script NoSuchModel(string model) =>
        OpenAi(404, "invalid_request_error", "model_not_found", $"The model `{model}` does not exist or you do not have access to it.", "model");

    public static Script ServerError(int status = 500) =>
        OpenAi(status, "server_error", null, "The server had an error while processing your request.");

    /// <summary>What a proxy before the provider answers.</summary>
    public static Script Html(int status) =>
        Script.Bytes("<html><head><title>Bad Gateway</title></head><body>nginx</body></html>"u8.ToArray(), "text/html", status);

    /// <summary>FastAPI's shape, as vLLM and others answer it.</summary>
    public static Script Detail(int status, string detail) => Script.Json(new { detail }, status);

    /// <summary><c>{"error":"…"}</c>, as Ollama and others answer it.</summary>
    public static Script PlainString(int status, string error) => Script.Json(new { error }, status);

    internal static JsonObject Body(string type, string? code, string message, string? param = null) => new()
    {
        ["error"] = new JsonObject { ["message"] = message, ["type"] = type, ["param"] = param, ["code"] = code },
    };
}
