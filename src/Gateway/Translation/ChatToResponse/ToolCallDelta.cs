namespace AiGateway.Translation.ChatToResponse;

/// <summary>A fragment of a tool call, or a whole one.</summary>
/// <param name="Index">Which call of the turn; null where the provider leaves it out.</param>
/// <param name="Id">The call's id; mostly only in the first fragment.</param>
/// <param name="Name">The tool's name; mostly only in the first fragment.</param>
/// <param name="Arguments">The next piece of the arguments, or of a custom tool's input.</param>
/// <param name="IsCustom">Whether it calls a custom tool.</param>
internal readonly record struct ToolCallDelta(int? Index, string? Id, string? Name, string? Arguments, bool IsCustom);
