namespace AiGateway.Providers.Demo;

/// <summary>A tool call.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">The function's name.</param>
/// <param name="Arguments">The arguments, JSON in tokens.</param>
internal sealed record DemoCall(string Id, string Name, IReadOnlyList<string> Arguments);
