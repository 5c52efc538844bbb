using System.Text.Json;

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

    /// <summary>Whether the model may call a function. A call that may not be made must be rejected or suppressed [OR].</summary>
    /// <param name="name">The function's name.</param>
    /// <returns>Whether it may.</returns>
    public bool Permits(string name) =>
        Mode != "none"
        && Custom is null
        && (Allowed is null || Allowed.Contains(name, StringComparer.Ordinal))
        && (Function is null || string.Equals(Function, name, StringComparison.Ordinal));
}
