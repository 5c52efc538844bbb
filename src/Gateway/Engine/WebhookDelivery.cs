namespace AiGateway.Engine;

/// <summary>An event that a webhook endpoint is to be told of, until it says that it was.</summary>
public sealed record WebhookDelivery
{
    /// <summary>The event's id, the same in every attempt: <c>evt_…</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The endpoint's name in the configuration.</summary>
    public required string Endpoint { get; init; }

    /// <summary>The event: UTF-8 JSON.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>How often it was tried.</summary>
    public int Attempts { get; init; }

    /// <summary>Not before then.</summary>
    public DateTimeOffset DueAt { get; init; }
}
