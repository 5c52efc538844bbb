using System.Text.Json;

namespace AiGateway.Providers.Demo;

/// <summary>A function that a request offers.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Parameters">The JSON schema of its arguments; null for none.</param>
internal sealed record DemoTool(string Name, JsonElement? Parameters);
