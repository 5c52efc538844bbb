namespace AiGateway.Translation;

/// <summary>What a chat request says about the form of its answer, for an answer that comes as a response.</summary>
/// <param name="IncludeUsage">Whether a stream ends with a usage chunk (<c>stream_options.include_usage</c>).</param>
/// <param name="LegacyFunctions">Whether calls are told as <c>function_call</c>, since the request declared <c>functions</c> and not <c>tools</c>.</param>
public readonly record struct ChatAnswerForm(bool IncludeUsage, bool LegacyFunctions);
