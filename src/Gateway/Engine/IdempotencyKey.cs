namespace AiGateway.Engine;

/// <summary>An <c>Idempotency-Key</c> and what was asked under it.</summary>
/// <param name="Key">The client's key; unique in its tenant.</param>
/// <param name="BodyHash">The SHA-256 of the request's body as it came, in hexadecimal.</param>
public sealed record IdempotencyKey(string Key, string BodyHash);
