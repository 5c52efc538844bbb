using System.Text.Json;
using AiGateway.Protocol;

namespace AiGateway.Providers.Demo;

/// <summary>What the demo looks at in a chat request.</summary>
internal sealed record DemoChatRequest
{
    private static readonly string[] Efforts = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];

    public required string Model { get; init; }

    public required DemoMessages Messages { get; init; }

    public required DemoTools Tools { get; init; }

    public required DemoFormat Format { get; init; }

    public bool Stream { get; init; }

    public bool IncludeUsage { get; init; }

    public int? MaxTokens { get; init; }

    public int Choices { get; init; }

    public IReadOnlyList<string> Stop { get; init; } = [];

    public bool Logprobs { get; init; }

    public int TopLogprobs { get; init; }

    public bool Reasons { get; init; }

    /// <summary>What the request is, in tokens.</summary>
    public int PromptTokens => Messages.Tokens + Tools.Tokens;

    /// <summary>Reads and checks a request.</summary>
    /// <param name="body">The request.</param>
    /// <exception cref="GatewayException">It is not one of the API's.</exception>
    public static DemoChatRequest Read(DemoBody body)
    {
        body.CheckNumber("temperature", 0, 2);
        body.CheckNumber("top_p", 0, 1);
        body.CheckNumber("frequency_penalty", -2, 2);
        body.CheckNumber("presence_penalty", -2, 2);
        var logprobs = body.Flag("logprobs");
        var top = body.Integer("top_logprobs", 0, 20);
        if (top is not null && !logprobs)
            throw new GatewayException(GatewayErrors.WrongValue("top_logprobs", "'top_logprobs' is only allowed when 'logprobs' is true."));
        return new DemoChatRequest
        {
            Model = DemoBody.AsText(body.Required("model"), "model"),
            Messages = DemoMessages.Read(body.Required("messages")),
            Tools = DemoTools.Read(body),
            Format = DemoFormat.Read(body.Find("response_format")),
            Stream = body.Flag("stream"),
            IncludeUsage = body.Find("stream_options") is { } options
                && DemoBody.Find(options, "include_usage") is { ValueKind: JsonValueKind.True },
            MaxTokens = body.Integer("max_completion_tokens", 1, int.MaxValue) ?? body.Integer("max_tokens", 1, int.MaxValue),
            Choices = body.Integer("n", 1, 128) ?? 1,
            Stop = ReadStop(body.Find("stop")),
            Logprobs = logprobs,
            TopLogprobs = top ?? 0,
            Reasons = body.OneOf("reasoning_effort", Efforts) is not (null or "none"),
        };
    }

    private static List<string> ReadStop(JsonElement? stop)
    {
        if (stop is not { } value)
            return [];
        if (value.ValueKind == JsonValueKind.String)
            return [value.GetString()!];
        if (value.ValueKind != JsonValueKind.Array)
            throw new GatewayException(GatewayErrors.WrongType("stop", "a string or an array of strings", JsonKind.Of(value)));
        if (value.GetArrayLength() > 4)
            throw new GatewayException(GatewayErrors.Invalid("Invalid 'stop': array too long. Expected at most 4 sequences.", "stop", "array_above_max_length"));
        return [.. value.EnumerateArray().Select((s, i) => DemoBody.AsText(s, $"stop[{i}]"))];
    }
}
