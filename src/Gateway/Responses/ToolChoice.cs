using System.Text.Json;
using AiGateway.Protocol;

namespace AiGateway.Responses;

/// <summary>Which tools the model may, must or must not call (<c>spec/responses.md</c> §5).</summary>
public sealed record ToolChoice
{
    /// <summary>The default: the model decides.</summary>
    public static ToolChoice Auto { get; } = new();

    /// <summary><c>auto</c>, <c>required</c> or <c>none</c>; for <c>allowed_tools</c> its mode; for a named tool <c>required</c>.</summary>
    public string Mode { get; init; } = "auto";

    /// <summary>The one function that must be called; null for any.</summary>
    public string? Function { get; init; }

    /// <summary>The one custom tool that must be called; null for any.</summary>
    public string? Custom { get; init; }

    /// <summary>The only functions and custom tools that may be called; null where every declared one may.</summary>
    public IReadOnlyList<string>? Allowed { get; init; }

    /// <summary>The choice as the client wrote it, where it is an object; for the echo, and for forms that only a native provider knows.</summary>
    public JsonElement? Json { get; init; }

    /// <summary>Whether the form (a hosted tool) can only be served by a provider that speaks the Responses API.</summary>
    public bool NativeOnly { get; init; }

    /// <summary>Whether the model may make a call. A call that may not be made must be rejected or suppressed [OR].</summary>
    /// <param name="name">The tool's name.</param>
    /// <param name="isCustom">Whether it is a custom tool; else a function.</param>
    /// <returns>Whether it may.</returns>
    public bool Permits(string name, bool isCustom = false) =>
        Mode != "none"
        && (Allowed is null || Allowed.Contains(name, StringComparer.Ordinal))
        && (Function is null || (!isCustom && string.Equals(Function, name, StringComparison.Ordinal)))
        && (Custom is null || (isCustom && string.Equals(Custom, name, StringComparison.Ordinal)));

    /// <summary>What a response fails with when the model did nothing but call what it may not: it is the model's error, not the client's.</summary>
    /// <returns>The error.</returns>
    public static GatewayError NotAllowed() => new(
        502, GatewayErrors.ServerErrorType, "tool_not_allowed", "The model called a tool that tool_choice does not allow, and said nothing else.");
}
