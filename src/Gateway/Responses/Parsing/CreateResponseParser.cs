using System.Text.Json;
using AiGateway.Protocol;

namespace AiGateway.Responses.Parsing;

/// <summary>
/// Reads the body of <c>POST /v1/responses</c> and checks it as <c>spec/responses.md</c> §3 to §7 say. Liberal where the
/// digest advises it: null is absent, unknown fields pass, what only some providers know (hosted tools and their items,
/// prefixed extensions) is kept as it came.
/// </summary>
public static class CreateResponseParser
{
    private static readonly string[] Includes =
    [
        "file_search_call.results", "web_search_call.results", "web_search_call.action.sources", "message.input_image.image_url",
        "computer_call_output.output.image_url", "code_interpreter_call.outputs", "reasoning.encrypted_content", "message.output_text.logprobs",
    ];

    private static readonly string[] Efforts = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];
    private static readonly string[] Summaries = ["auto", "concise", "detailed"];
    private static readonly string[] ReasoningContexts = ["auto", "current_turn", "all_turns"];
    private static readonly string[] Truncations = ["auto", "disabled"];
    private static readonly string[] Tiers = ["auto", "default", "flex", "scale", "priority", "fast", "ultrafast"];
    private static readonly string[] Retentions = ["in_memory", "24h"];

    /// <summary>Reads a body.</summary>
    /// <param name="utf8">UTF-8 JSON, whole. It must not change while the result lives.</param>
    /// <returns>The request; the caller disposes it.</returns>
    /// <exception cref="GatewayException">400, with the path of the field at fault.</exception>
    public static CreateResponse Parse(ReadOnlyMemory<byte> utf8)
    {
        var document = RequestDocument.Parse(utf8);
        try
        {
            return Read(document);
        }
        catch
        {
            document.Dispose();
            throw;
        }
    }

    private static CreateResponse Read(JsonDocument document)
    {
        var root = new FieldReader(document.RootElement, default);
        var model = root.Text("model");
        if (string.IsNullOrEmpty(model))
            throw root.Missing("model");
        var stream = root.Flag("stream") ?? false;
        var (previous, conversation) = ReadHistory(root);
        var (input, compacts) = InputParser.ReadTurn(root);
        var instructions = root.Text("instructions");
        if (!root.Has("input") && previous is null && conversation is null && instructions is null && !root.Has("prompt"))
        {
            throw new GatewayException(GatewayErrors.Invalid(
                "One of 'input' or 'previous_response_id' or 'prompt' or 'conversation' must be provided.", "input", "missing_required_parameter"));
        }

        var tools = ToolsParser.Read(root);
        var (format, verbosity) = TextFormatParser.Read(root);
        var (effort, summary) = ReadReasoning(root);
        CheckUnread(root);
        var response = new CreateResponse(document)
        {
            Model = model,
            Input = input,
            Compacts = compacts,
            Instructions = instructions,
            PreviousResponseId = previous,
            Conversation = conversation,
            Include = ReadInclude(root),
            Tools = tools,
            ToolChoice = ToolChoiceParser.Read(root, tools),
            ParallelToolCalls = root.Flag("parallel_tool_calls"),
            MaxToolCalls = root.Integer("max_tool_calls", 1),
            Metadata = MetadataParser.Read(root),
            TextFormat = format,
            Verbosity = verbosity,
            Temperature = root.Number("temperature", 0, 2),
            TopP = root.Number("top_p", 0, 1),
            PresencePenalty = root.Number("presence_penalty", -2, 2),
            FrequencyPenalty = root.Number("frequency_penalty", -2, 2),
            TopLogprobs = root.Integer("top_logprobs", 0, 20),
            MaxOutputTokens = root.Integer("max_output_tokens", 16),
            ReasoningEffort = effort,
            ReasoningSummary = summary,
            Stream = stream,
            IncludeObfuscation = ReadObfuscation(root, stream),
            Background = root.Flag("background") ?? false,
            Store = root.Flag("store") ?? true,
            Truncation = root.OneOf("truncation", Truncations) ?? "disabled",
            CompactThreshold = ContextManagementParser.Read(root),
            ServiceTier = root.OneOf("service_tier", Tiers),
            SafetyIdentifier = root.Text("safety_identifier", 64),
            PromptCacheKey = root.Text("prompt_cache_key", 64),
            User = root.Text("user"),
        };
        if (response is { Background: true, Store: false })
        {
            throw new GatewayException(GatewayErrors.Unsupported(
                "background", "Unsupported parameter: 'background' requires 'store' to be true: a background response must be stored to be retrieved."));
        }

        return response;
    }

    private static (string? Previous, string? Conversation) ReadHistory(FieldReader root)
    {
        var previous = root.Text("previous_response_id");
        string? conversation = null;
        if (root.Has("conversation", out var value))
        {
            conversation = value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Object => new FieldReader(value, FieldPath.Of("conversation")).RequiredText("id"),
                _ => throw root.WrongType("conversation", "one of a string or an object", value),
            };
        }

        if (previous is not null && conversation is not null)
        {
            throw new GatewayException(GatewayErrors.Invalid(
                "Mutually exclusive parameters. Ensure you are only providing one of: 'previous_response_id' or 'conversation'.",
                "previous_response_id",
                "mutually_exclusive_parameters"));
        }

        return (previous, conversation);
    }

    private static string[] ReadInclude(FieldReader root)
    {
        if (!root.HasArray("include", out var array) || array.GetArrayLength() == 0)
            return [];
        var include = new string[array.GetArrayLength()];
        var i = 0;
        foreach (var value in array.EnumerateArray())
        {
            var path = FieldPath.Of("include", i).ToString();
            if (value.ValueKind != JsonValueKind.String)
                throw FieldErrors.WrongType(path, "a string", JsonKind.Of(value));
            var text = value.GetString()!;
            include[i++] = Includes.Contains(text, StringComparer.Ordinal) ? text : throw FieldErrors.NotOneOf(path, text, Includes);
        }

        return include;
    }

    private static (string? Effort, string? Summary) ReadReasoning(FieldReader root)
    {
        if (!root.HasObject("reasoning", out var reasoning))
            return default;
        reasoning.CheckText("mode");
        _ = reasoning.OneOf("context", ReasoningContexts);
        var older = reasoning.OneOf("generate_summary", Summaries);
        return (reasoning.OneOf("effort", Efforts), reasoning.OneOf("summary", Summaries) ?? older);
    }

    private static bool ReadObfuscation(FieldReader root, bool stream)
    {
        if (!root.HasObject("stream_options", out var options))
            return true;
        if (!stream && options.Json.EnumerateObject().MoveNext())
        {
            throw new GatewayException(GatewayErrors.Invalid(
                "The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options"));
        }

        return options.Flag("include_obfuscation") ?? true;
    }

    /// <summary>Fields that nothing here reads but a provider that speaks this API may: their shape is checked.</summary>
    private static void CheckUnread(FieldReader root)
    {
        if (root.HasObject("prompt", out var prompt))
        {
            _ = prompt.RequiredText("id");
            prompt.CheckText("version");
            _ = prompt.HasObject("variables", out _);
        }

        _ = root.OneOf("prompt_cache_retention", Retentions);
        _ = root.HasObject("prompt_cache_options", out _);
        _ = root.HasObject("moderation", out _);
    }
}
