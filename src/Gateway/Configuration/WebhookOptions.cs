using System.Text;
using AiGateway.Protocol;

namespace AiGateway.Configuration;

/// <summary>One address that is told how background responses ended, as configured under <c>Gateway:Webhooks</c>. Compared by value.</summary>
public sealed record WebhookOptions
{
    /// <summary>What a <see cref="Secret"/> begins with whose rest is base64.</summary>
    public const string SecretPrefix = "whsec_";

    /// <summary>The endpoint's name. Required; unique. What is still to be delivered is kept under it: under another name it is another endpoint.</summary>
    public string Name { get; init; } = "";

    /// <summary>Where events are posted: an absolute <c>http</c> or <c>https</c> URL, without a user name or password. Required. Its query is in no log.</summary>
    public string Url { get; init; } = "";

    /// <summary>
    /// What deliveries are signed with, as OpenAI's clients take it: <c>whsec_</c> and the key in base64, or any other text, of which the UTF-8 bytes are the key.
    /// <c>${NAME}</c> takes it from the environment. Required. At least 24 random bytes are advised.
    /// </summary>
    public string Secret { get; init; } = "";

    /// <summary>The events that it is told of; see <see cref="AllEvents"/>. Default, and where the list is empty: all.</summary>
    public IReadOnlyList<string> Events { get; init => field = ValueList<string>.Of(value); } = ValueList<string>.Empty;

    /// <summary>Whose responses it is told of. Null (default): everybody's.</summary>
    public string? Tenant { get; init; }

    /// <summary>The longest wait for an answer to a delivery. Default 15 seconds.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long after the event a delivery that fails is tried again; then it is given up. Default 3 days.</summary>
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromDays(3);

    /// <summary>The events that there are: the ends of a background response.</summary>
    public static IReadOnlyList<string> AllEvents { get; } = ["response.completed", "response.failed", "response.incomplete", "response.cancelled"];

    /// <summary>The name only: what the compiler would write holds the secret.</summary>
    /// <returns>The name.</returns>
    public override string ToString() => $"webhook '{Name}'";

    /// <summary>Whether it is to be told of an event.</summary>
    /// <param name="type">The event's type.</param>
    /// <param name="tenant">Whose response it is of; null for the one tenant that is there without keys.</param>
    internal bool Wants(string type, string? tenant) =>
        (Tenant is null || Tenant == tenant) && (Events.Count == 0 || Events.Contains(type, StringComparer.Ordinal));

    /// <summary>The key that <see cref="Secret"/> stands for; null where it is no base64 behind its prefix.</summary>
    internal byte[]? Key()
    {
        if (!Secret.StartsWith(SecretPrefix, StringComparison.Ordinal))
            return Encoding.UTF8.GetBytes(Secret);
        var key = new byte[Secret.Length];
        return Convert.TryFromBase64String(Secret[SecretPrefix.Length..], key, out var length) ? key[..length] : null;
    }
}
