using System.Text.Json.Nodes;

namespace AiGateway.AspNetCore.Tests.Responses;

/// <summary>A stream that <see cref="ResponseStreamChecker"/> found in order.</summary>
internal sealed record ResponseStream(IReadOnlyList<JsonObject> Events)
{
    /// <summary>The object in the terminal event.</summary>
    public JsonObject Final => Events[^1]["response"]!.AsObject();

    public IReadOnlyList<string> Types => [.. Events.Select(streamed => streamed["type"]!.GetValue<string>())];

    /// <summary>The types without runs of the same: what happened, however the provider cut its text.</summary>
    public IReadOnlyList<string> Shape => [.. Types.Where((type, i) => i == 0 || Types[i - 1] != type)];

    public IReadOnlyList<JsonObject> Of(string type) => [.. Events.Where(streamed => streamed["type"]!.GetValue<string>() == type)];

    public string Joined(string deltaType) => string.Concat(Of(deltaType).Select(delta => delta["delta"]!.GetValue<string>()));
}
