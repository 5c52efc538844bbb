using AiGateway.Responses;

namespace AiGateway.Pipeline;

/// <summary>A context with its compactions opened.</summary>
/// <param name="Items">The items; encrypted reasoning is still sealed.</param>
/// <param name="PreferredProvider">The provider that should go on, since only it can open the reasoning; null where it does not matter.</param>
internal sealed record OpenedContext(IReadOnlyList<InputItem> Items, string? PreferredProvider);
