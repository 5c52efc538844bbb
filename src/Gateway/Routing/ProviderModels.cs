using System.Collections.Concurrent;
using System.Text.Json;
using AiGateway.Protocol;
using AiGateway.Providers;
using Microsoft.Extensions.Logging;

namespace AiGateway.Routing;

/// <summary>
/// What providers list at their own <c>/models</c>, for the names that only a pattern covers. Asked when somebody wants to know, kept for five minutes,
/// and missing without harm: a provider that does not answer within five seconds lists nothing for now.
/// </summary>
public sealed partial class ProviderModels(TimeProvider time, ILogger<ProviderModels> logger)
{
    private const int MaxListBytes = 16 * 1024 * 1024;
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan KeptWhenFailed = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<IProvider, Listing> _listings = new();

    /// <summary>The models that a provider lists.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="cancellationToken">Ends when the client leaves.</param>
    /// <returns>Names and creation times (seconds since 1970; 0 where not said); empty where it does not say.</returns>
    public async ValueTask<IReadOnlyList<(string Id, long Created)>> ListAsync(IProvider provider, CancellationToken cancellationToken)
    {
        if (_listings.TryGetValue(provider, out var kept) && kept.Until > time.GetUtcNow())
            return kept.Models;
        var models = await AskAsync(provider, cancellationToken);
        _listings[provider] = new Listing(models ?? [], time.GetUtcNow() + (models is null ? KeptWhenFailed : Kept));
        return models ?? [];
    }

    private async ValueTask<IReadOnlyList<(string Id, long Created)>?> AskAsync(IProvider provider, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await using var answer = await provider.SendAsync(new ProviderCall { Api = ApiKind.Models }, both.Token);
            if (!answer.IsSuccess)
                return null;
            using var list = JsonDocument.Parse(await answer.ReadToEndAsync(MaxListBytes, both.Token), JsonFormat.DocumentOptions);
            return list.RootElement.TryGetProperty("data"u8, out var data) && data.ValueKind == JsonValueKind.Array ? Read(data) : null;
        }
        catch (Exception e) when (e is GatewayException or JsonException or InvalidOperationException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            LogNotListed(provider.Options.Name, e.Message);
            return null;
        }
    }

    private static List<(string Id, long Created)> Read(JsonElement data)
    {
        var models = new List<(string, long)>();
        foreach (var model in data.EnumerateArray())
        {
            if (model.ValueKind == JsonValueKind.Object && model.TryGetProperty("id"u8, out var id) && id.GetString() is { Length: > 0 } name)
            {
                var hasTime = model.TryGetProperty("created"u8, out var created) && created.ValueKind == JsonValueKind.Number;
                models.Add((name, hasTime && created.TryGetInt64(out var seconds) ? seconds : 0));
            }
        }

        return models;
    }

    [LoggerMessage(1301, LogLevel.Warning, "Provider {Provider} did not list its models: {Reason}")]
    private partial void LogNotListed(string provider, string reason);

    private sealed record Listing(IReadOnlyList<(string Id, long Created)> Models, DateTimeOffset Until);
}
